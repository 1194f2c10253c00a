"""``python -m operations doctor``: what would fail, before anything is made."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Timer

import click

from operations.doctor.checks import Wish, list_checks
from operations.doctor.examination import Check, examine
from operations.errors import SomethingFailsError
from operations.findings import Finding

PATIENCE_SECONDS = 2.0
_COLOURS = {"ok": "green", "note": "yellow", "fails": "red"}
_EXAMPLES = """
\b
Examples:
  make doctor
  make doctor ARGS="--projects 30 --owner acme"
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations doctor --json
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--projects",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="How many projects are planned, beside those that are there.",
)
@click.option(
    "--owner", default="", help="GitHub owner of the projects; default: the token's user."
)
@click.option(
    "--qualifier", default="", help="Qualifier of the CDK bootstrap; default: BOOTSTRAP_QUALIFIER."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON, no other line.")
def doctor(projects: int, owner: str, qualifier: str, as_json: bool) -> None:
    """Look for what would fail in this account and on GitHub; nothing is changed."""
    checks = list_checks(Wish(projects, owner, qualifier), datetime.now(UTC))
    found = []
    for finding in follow(checks, PATIENCE_SECONDS, lambda line: click.echo(line, err=True)):
        found.append(finding)
        if not as_json:
            click.secho(f"{finding.level:<6}", fg=_COLOURS[finding.level], nl=False)
            click.echo(f"{finding.about}: {finding.sentence}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    wrong = sum(finding.level == "fails" for finding in found)
    if wrong:
        raise SomethingFailsError(wrong)


def follow(
    checks: Iterator[Check], patience_seconds: float, say: Callable[[str], None]
) -> Iterator[Finding]:
    """Look at one thing after the other, and say what takes its time."""
    for check in checks:
        with _progress(check.about, patience_seconds, say):
            found = list(examine(check))
        yield from found


@contextmanager
def _progress(about: str, seconds: float, say: Callable[[str], None]) -> Iterator[None]:
    timer = Timer(seconds, say, [f"Looking at {about} …"])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
