"""Measures each day how long the projects' GitHub tokens last."""
