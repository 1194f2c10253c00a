"""Pages of the local GitHub for a browser: what the rehearsal links to, to read and nothing else."""
