"""What is behind a step of a pipeline: its job and what that printed."""
