"""Where EventBridge does otherwise than MiniStack."""
