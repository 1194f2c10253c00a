"""The model card: one evaluation report, and what the registry knows of it, as a page."""
