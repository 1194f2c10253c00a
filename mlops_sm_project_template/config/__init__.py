"""What the environment decides (`settings`), and what other systems must know (`names`, `arns`)."""
