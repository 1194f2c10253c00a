"""Parts of a project stack: its data, its roles, and its two repositories."""
