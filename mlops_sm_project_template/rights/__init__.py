"""What each role of a project may do, in IAM's words, whoever holds the policy."""
