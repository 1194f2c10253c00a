"""Custom resource that clears up a project's data when the project goes."""
