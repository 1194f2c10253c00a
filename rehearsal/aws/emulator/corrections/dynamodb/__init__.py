"""Where DynamoDB does otherwise than MiniStack."""
