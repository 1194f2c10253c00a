"""Models, endpoint configurations, endpoints as server processes, and their runtime."""
