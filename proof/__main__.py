"""Start with `make proof`."""

from proof.cli import cli

cli(prog_name="make proof")
