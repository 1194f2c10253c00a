"""The benchmark's command line: measures, prints the tables and writes the results."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import psutil
from rich.console import Console
from rich.status import Status

from rehearsal.checkout import ROOT
from rehearsal.conductor.command_line import run_command_line
from rehearsal.laboratory.benchmarks import trials
from rehearsal.laboratory.benchmarks.console.measuring import measure_console
from rehearsal.laboratory.benchmarks.idle_cost import measure_idle_cost
from rehearsal.laboratory.benchmarks.in_process import measure_in_process
from rehearsal.laboratory.benchmarks.lifecycle import measure_lifecycle
from rehearsal.laboratory.benchmarks.many_projects import measure_many_projects
from rehearsal.laboratory.benchmarks.results import Sections, Tell, write_results
from rehearsal.laboratory.benchmarks.stages import measure_stages
from rehearsal.laboratory.benchmarks.synthesis import measure_synthesis
from rehearsal.laboratory.benchmarks.tables import build_tables

RESULTS = Path(__file__).with_name("results.json")
_SELDOM_SECONDS = 20.0
_EXAMPLES = """
\b
Examples:
  make bench
  make bench ARGS="--runs 5"
  make bench ARGS="--only faults --only storm"
  make bench ARGS="--json"
"""


def _one(section: str, measure: Callable[[Path, Tell], Any]) -> Callable[..., Sections]:
    """A bench that makes one section, in one run."""
    return lambda root, _runs, tell: {section: measure(root, tell)}


# What each takes: the checkout, how often what has a floor is timed, and who hears of it.
BENCHES: Mapping[str, Callable[[Path, int, Tell], Sections]] = {
    "lifecycle": measure_lifecycle,
    "synthesis": measure_synthesis,
    "stages": _one("stages", measure_stages),
    "idle-cost": _one("idle_cost", measure_idle_cost),
    "console": measure_console,
    "many-projects": _one("many_projects", measure_many_projects),
    "in-process": _one("in_process_faults", measure_in_process),
    "faults": _one("faults", trials.measure_faults),
    "approvals": _one("approvals", trials.measure_approvals),
    "storm": _one("storm", trials.measure_storm),
}


@click.command(epilog=_EXAMPLES)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How often what has a floor is timed; medians are compared.",
)
@click.option(
    "--only",
    type=click.Choice(list(BENCHES)),
    multiple=True,
    help="Measure this and keep the other results as they are; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, no table.")
def cli(runs: int, only: tuple[str, ...], as_json: bool) -> None:
    """Measure the lifecycle and the trials, and write results.json."""
    load_before = psutil.getloadavg()[0]
    measured: Sections = {}
    # On standard error, so that standard output holds the results alone.
    console = Console(stderr=True, highlight=False)
    with console.status("Begin") as status:
        tell = _Progress(console, status)
        for name, measure in BENCHES.items():
            if name in (only or BENCHES):
                measured |= measure(ROOT, runs, tell)
    results = write_results(measured, load_before, RESULTS)
    if as_json:
        click.echo(json.dumps(results, indent=2))
        return
    output = Console()
    for table in build_tables(results):
        output.print(table)
    click.echo(f"Results: {RESULTS.relative_to(ROOT)}")


class _Progress:
    """Tells what is at work: a line that moves in a terminal; elsewhere seldom more of the same."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status
        self._kind, self._told_at = "", 0.0

    def __call__(self, what: str) -> None:
        kind = what.partition(":")[0]
        if self._console.is_terminal:
            self._status.update(what)
        elif kind != self._kind or time.monotonic() > self._told_at + _SELDOM_SECONDS:
            self._kind, self._told_at = kind, time.monotonic()
            self._console.print(what)


def main() -> None:
    """Run the command line."""
    run_command_line(cli, interrupted="nothing was written")
