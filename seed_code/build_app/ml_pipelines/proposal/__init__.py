"""Proposes `dataset.toml` and `pipeline.toml` for a file of data."""
