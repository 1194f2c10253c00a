"""GitHub Actions: workflows, their runs, jobs and gates."""
