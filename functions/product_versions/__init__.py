"""Publishes each registration as a version of a Service Catalog product, and keeps the others."""
