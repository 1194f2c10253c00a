"""The pages: which panels each has, and what a panel shows."""
