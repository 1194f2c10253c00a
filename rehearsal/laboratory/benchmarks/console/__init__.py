"""What the console's pages cost: milliseconds and requests, the more projects and versions."""
