"""What makes MiniStack behave as AWS does, by AWS service, in one chain."""
