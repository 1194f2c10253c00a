"""Looks each day at the projects' GitHub tokens, and at endpoints that nobody asks."""
