"""Git repositories and their objects."""
