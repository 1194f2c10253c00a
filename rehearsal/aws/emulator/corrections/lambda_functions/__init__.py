"""Where Lambda does otherwise than MiniStack."""
