"""Where S3 does otherwise than MiniStack."""
