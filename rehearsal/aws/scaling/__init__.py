"""Application Auto Scaling of endpoint variants: targets and policies, without scaling activity."""
