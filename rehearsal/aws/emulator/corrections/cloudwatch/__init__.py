"""Where CloudWatch does otherwise than MiniStack."""
