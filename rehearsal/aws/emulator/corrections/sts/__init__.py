"""Where STS does otherwise than MiniStack."""
