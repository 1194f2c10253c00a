"""`make mutants` and `python -m mutation`."""

from mutation.cli import cli

cli(prog_name="make mutants")
