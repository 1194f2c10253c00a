"""The REST API, git over HTTP, and the faults of both."""
