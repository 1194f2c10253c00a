"""What a local GitHub holds, who may do what, and how it is made to fail."""
