"""Custom resources for a project's GitHub repositories and their content."""
