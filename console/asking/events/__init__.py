"""What happened in a project and why, put together from those who know."""
