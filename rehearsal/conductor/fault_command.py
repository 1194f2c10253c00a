"""`fault`: make the local GitHub of a running rehearsal fail, to see what the template does.

What each kind does is told in `rehearsal/github/core/faults.py`.
"""

import json
from typing import Any

import click

from rehearsal.checkout import ROOT
from rehearsal.conductor.errors import WorldNotRunningError
from rehearsal.conductor.github_control import GitHubControl
from rehearsal.conductor.world import World
from rehearsal.github.core.faults import FAULT_KINDS

_EXAMPLES = """
\b
Examples:
  make rehearse ARGS="fault 502 --method POST --path git-receive-pack"
  make rehearse ARGS="fault lost --path /user/repos --times 2"
  make rehearse ARGS="fault --list"
  make rehearse ARGS="fault --clear"
"""


@click.command(epilog=_EXAMPLES)
@click.argument("kind", required=False, type=click.Choice(FAULT_KINDS))
@click.option("--method", help="Only requests with this method, such as POST.")
@click.option("--path", help="Only requests whose path matches this regular expression.")
@click.option("--agent", help="Only requests whose User-Agent matches this regular expression.")
@click.option("--login", help="Only requests with a token of this user.")
@click.option(
    "--nth", type=click.IntRange(min=1), default=1, help="The first matching request that is hit."
)
@click.option(
    "--times", type=click.IntRange(min=0), default=1, help="How many are hit from there; 0: all."
)
@click.option(
    "--retry-after", type=click.IntRange(min=0), default=1, help="Seconds that 429 and 403 ask for."
)
@click.option("--list", "listed", is_flag=True, help="Show the faults and how often each has hit.")
@click.option("--clear", is_flag=True, help="Take every fault away.")
def fault(kind: str | None, listed: bool, clear: bool, **wish: Any) -> None:
    """Make the local GitHub fail: set a fault of a KIND, list the faults, or clear them."""
    if (kind is not None) + listed + clear != 1:
        raise click.UsageError("Give a kind of fault, --list or --clear.")
    control = _control()
    if clear:
        control.clear_faults()
        click.echo("No request is hit by a fault any more.")
    elif listed:
        for known in control.faults():
            click.echo(_line(known))
    else:
        given = {name: value for name, value in wish.items() if value is not None}
        click.echo(f"Set: {_line(control.set_fault(fault=kind, **given))}")


def _control() -> GitHubControl:
    world = World.open(ROOT)
    if not world.is_running:
        raise WorldNotRunningError(
            "The rehearsal is stopped; start it with `make rehearse ARGS=up`."
        )
    return world.github_control


def _line(known: dict[str, Any]) -> str:
    about = {
        name: value
        for name, value in known.items()
        if name not in ("id", "hits", "fault") and value is not None
    }
    return f"{known['id']:>3}  {known['fault']:<12} hits: {known['hits']}  {json.dumps(about)}"
