"""Repositories, their content, pull requests and environments."""
