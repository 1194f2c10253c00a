"""The command line: plays what is not proven yet, lists it, or refuses a release without it."""

import signal
import sys
from pathlib import Path

import click

from proof.parts import PARTS
from proof.play import UnfinishedError, play_part
from proof.results import Outcome, list_unproven, read_results

ROOT = Path(__file__).resolve().parents[1]
_EXAMPLES = """
\b
Examples:
  make proof
  make proof ARGS="--part permissions --part storms"
  make proof ARGS="--again"
  make proof ARGS=status
  make proof ARGS=verify
"""


@click.group(invoke_without_command=True, epilog=_EXAMPLES)
@click.option(
    "--part", "chosen", type=click.Choice(list(PARTS)), multiple=True, help="Play this part only."
)
@click.option("--again", is_flag=True, help="Play parts that are proven, too.")
@click.pass_context
def cli(context: click.Context, chosen: tuple[str, ...], again: bool) -> None:
    """Play the parts of the proof that are not proven for these files, one after the other.

    What each showed is written to proof/results.json at once, so that the next start goes on.
    """
    if context.invoked_subcommand is None:
        # A shell makes what runs in its background deaf to interruptions, and all that it starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
        wanted = chosen or tuple(PARTS)
        unproven = list_unproven(ROOT)
        _play([part for part in wanted if again or part in unproven])


def _play(parts: list[str]) -> None:
    bad = []
    for number, part in enumerate(parts, 1):
        last = read_results(ROOT).get(part)
        took = f"; {last.seconds:.0f} s on {last.date}" if last else ""
        click.echo(f"[{number}/{len(parts)}] {part}: {PARTS[part].holds}{took}")
        try:
            outcome = play_part(ROOT, part)
        except UnfinishedError as error:
            click.echo(f"error: {error}", err=True)
            bad.append(part)
            continue
        click.echo(f"      {_told(outcome)}")
        bad += [] if outcome.is_good else [part]
    if bad:
        sys.exit(f"error: Not proven: {', '.join(bad)}; what failed is named above.")
    click.echo("Everything asked for is proven for these files.")


def _told(outcome: Outcome) -> str:
    return (
        f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped in "
        f"{outcome.seconds:.0f} s; {sum(outcome.cpu_seconds.values()):.0f} CPU-seconds"
    )


@cli.command()
def status() -> None:
    """Tell of each part what it showed, and whether that holds for these files."""
    unproven, results = list_unproven(ROOT), read_results(ROOT)
    for part in PARTS:
        said = unproven.get(part, "holds")
        told = f": {_told(results[part])}" if part in results else ""
        click.echo(f"{part:<12} {said}{told}")


@cli.command()
def verify() -> None:
    """Fail unless every part is proven for these files."""
    unproven = list_unproven(ROOT)
    for part, reason in unproven.items():
        click.echo(f"error: The part {part} of the proof {reason}.", err=True)
    if unproven:
        sys.exit("error: Run `make proof` and commit proof/results.json.")
    click.echo("Every part is proven for these files.")
