"""Where SNS does otherwise than MiniStack."""
