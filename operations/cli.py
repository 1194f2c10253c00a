"""The command line for platform engineers; AWS settings are those of the AWS command line."""

import json
import sys
import time
from dataclasses import asdict

import click
from botocore.config import Config

from operations.aws_session import open_session
from operations.command_line import run
from operations.credential.command import credential
from operations.doctor.command import doctor
from operations.errors import NotRedrivenError
from operations.fleet.command import fleet
from operations.installation import find_installation
from operations.redrive import Redrive, Redriven
from operations.registration.command import register
from operations.unregistration.command import unregister

_PATIENCE = Config(connect_timeout=5, read_timeout=20)
_EXAMPLES = """
\b
Examples:
  make redrive
  make redrive ARGS=--dry-run
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations redrive --json
"""


@click.group()
def cli() -> None:
    """Run the template in an account."""


cli.add_command(credential)
cli.add_command(doctor)
cli.add_command(fleet)
cli.add_command(register)
cli.add_command(unregister)


@cli.command(epilog=_EXAMPLES)
@click.option("--dry-run", is_flag=True, help="Only tell which events wait.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, no other line.")
def redrive(dry_run: bool, as_json: bool) -> None:
    """Send events again that never reached GitHub, once their cause is removed."""
    session = open_session()
    installation = find_installation(session.client("cloudformation", config=_PATIENCE))
    work = Redrive(
        installation,
        session.client("sqs", config=_PATIENCE),
        session.client("lambda", config=_PATIENCE),
        time.time,
        dry_run=dry_run,
    )
    done = _follow(work, quiet=as_json)
    if as_json:
        click.echo(json.dumps([asdict(item) for item in done], indent=2))
    left = [item for item in done if item.outcome == "left"]
    if left:
        raise NotRedrivenError(len(left), left[0].why)


def _follow(work: Redrive, *, quiet: bool) -> list[Redriven]:
    done = []
    for item in work.run():
        done.append(item)
        if not quiet:
            reason = f" ({item.why})" if item.why else ""
            click.echo(f"{item.outcome}: event {item.event_id}, {item.about}{reason}")
    if not quiet:
        click.echo(_summary(done, dry_run=work.dry_run))
    return done


def _summary(done: list[Redriven], *, dry_run: bool) -> str:
    if not done:
        return "No event waits."
    verb = "would be sent" if dry_run else "sent"
    good = sum(item.outcome != "left" for item in done)
    return f"{good} of {len(done)} events {verb} to the dispatch function; its log tells the rest."


def main() -> None:
    """Run the command line; a failure is one sentence and exit code 1, an interruption is 130."""
    code = run(cli, "python -m operations", "the next start goes on where this one stopped")
    if code:
        sys.exit(code)
