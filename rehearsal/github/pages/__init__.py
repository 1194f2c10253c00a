"""Pages of the local GitHub for a browser: what the rehearsal links to, only to read."""
