"""Where IAM does otherwise than MiniStack."""
