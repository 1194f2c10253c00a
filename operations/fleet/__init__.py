"""All projects of an account and region: how each does, and what brings them to a version."""
