"""Where CloudFormation does otherwise than MiniStack."""
