"""Decisions about a version: what each would start, and how AWS is told."""
