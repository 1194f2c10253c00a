"""``python -m operations fleet``: all projects in one table; ``fleet update`` brings them on."""

import json
from datetime import UTC, datetime

import click
from rich.console import Console

from operations.aws_session import open_session
from operations.fleet.gaps import Gaps
from operations.fleet.overview import look
from operations.fleet.table import as_data, show
from operations.fleet.update_command import update

_EXAMPLES = """
\b
Examples:
  make fleet
  make fleet ARGS="update --dry-run"
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations fleet --json
"""


@click.group(invoke_without_command=True, epilog=_EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print the projects as JSON, no other line.")
@click.pass_context
def fleet(context: click.Context, as_json: bool) -> None:
    """Show all projects of the account and region: version, build, stages, token, cost.

    Nothing is changed. What may not be read is left out, and a line below names the right.
    """
    if context.invoked_subcommand:
        return
    gaps = Gaps()
    session = open_session()
    with Console(stderr=True).status("Looking at the projects"):
        projects = look(session, gaps, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(as_data(projects, gaps.lines), indent=2))
    else:
        show(projects, gaps.lines, Console(highlight=False))


fleet.add_command(update)
