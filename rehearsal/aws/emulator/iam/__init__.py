"""What IAM is asked, about which resource and of which owner."""
