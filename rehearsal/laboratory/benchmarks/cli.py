"""The benchmark's command line.

1. play the lifecycle once, measured from outside;
2. time `cdk synth` and the pipeline's floor, price an idle project, and grow a world to 200;
3. change the last of three stages while a client asks it;
4. let GitHub fail, in the functions alone and over real processes; approve; launch fifty at once;
5. print the tables and write the results.
"""

import json
import signal
import sys
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from types import FrameType

import click
import psutil
from rich.console import Console
from rich.status import Status

from rehearsal.checkout import ROOT
from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.errors import BenchmarkError
from rehearsal.laboratory.benchmarks.idle_cost import measure_idle_cost
from rehearsal.laboratory.benchmarks.in_process import measure_in_process
from rehearsal.laboratory.benchmarks.launch import measure_launch
from rehearsal.laboratory.benchmarks.lifecycle import MeasuredPlay, play_lifecycle
from rehearsal.laboratory.benchmarks.many_projects import measure_many_projects
from rehearsal.laboratory.benchmarks.pipeline_floor import time_plain_training
from rehearsal.laboratory.benchmarks.results import Comparison, Results
from rehearsal.laboratory.benchmarks.stages import measure_stages
from rehearsal.laboratory.benchmarks.synthesis import time_synthesis
from rehearsal.laboratory.benchmarks.table import build_table
from rehearsal.laboratory.benchmarks.timing import Timings
from rehearsal.laboratory.benchmarks.trial_tables import build_trial_tables
from rehearsal.laboratory.benchmarks.trials import measure_approvals, measure_faults, measure_storm

RESULTS = ROOT / "rehearsal" / "laboratory" / "benchmarks" / "results.json"
BENCHES = (
    *("lifecycle", "synthesis", "stages", "idle-cost", "many-projects"),
    *("in-process", "faults", "approvals", "storm"),
)
_EXAMPLES = """
\b
Examples:
  make bench
  make bench ARGS="--runs 5"
  make bench ARGS="--only faults --only storm"
  make bench ARGS="--json"
"""

Tell = Callable[[str], None]


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
    type=click.Choice(BENCHES),
    multiple=True,
    help="Measure this and keep the other results as they are; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, no table.")
def cli(runs: int, only: tuple[str, ...], as_json: bool) -> None:
    """Measure the lifecycle and the trials, and write results.json."""
    # On standard error, so that standard output holds the results alone.
    console = Console(stderr=True, highlight=False)
    results = measure(runs, only or BENCHES, console)
    results.write(RESULTS)
    if as_json:
        click.echo(json.dumps(results.as_dict(), indent=2))
        return
    output = Console()
    if results.play or results.synthesis or results.idle_cost or results.many_projects:
        output.print(build_table(results))
    for table in build_trial_tables(results):
        output.print(table)
    click.echo(f"Results: {RESULTS.relative_to(ROOT)}")


def measure(runs: int, benches: Collection[str], console: Console) -> Results:
    """Measure what is asked for, saying on `console` what is at work.

    Raises:
        BenchmarkError: a measured program failed.
    """
    results = Results(load_before=psutil.getloadavg()[0])
    with console.status("Begin") as status:

        def tell(what: str) -> None:
            _tell(console, status, what)

        if "lifecycle" in benches:
            results = _measure_lifecycle(results, runs, console, status)
        if "synthesis" in benches:
            project, floor, bare_project, bare_floor = time_synthesis(ROOT, runs, tell)
            results = replace(
                results,
                synthesis=Comparison.of(project, floor),
                synthesis_unvalidated=Comparison.of(bare_project, bare_floor),
            )
        if "idle-cost" in benches:
            results = replace(results, idle_cost=measure_idle_cost(ROOT))
        if "stages" in benches:
            results = replace(results, stages=measure_stages(ROOT, tell))
        return _measure_trials(results, benches, _Progress(console, status))


def _measure_lifecycle(results: Results, runs: int, console: Console, status: Status) -> Results:
    play = _play(console, status)
    console.print(f"Played the lifecycle in {play.seconds:.1f} s")
    floor = time_plain_training(ROOT, runs, lambda what: _tell(console, status, what))
    facts = play.report["facts"]
    return replace(
        results,
        play=play,
        pipeline=Comparison.of(Timings([facts["pipeline_seconds"]]), floor),
        launch=measure_launch(facts["launch"], play.github_log),
    )


def _measure_trials(results: Results, benches: Collection[str], tell: Tell) -> Results:
    try:
        if "in-process" in benches:
            tell("Fault matrix in the functions alone")
            results = replace(results, in_process=measure_in_process(ROOT))
        if "faults" in benches:
            results = replace(results, faults=measure_faults(ROOT, tell))
        if "approvals" in benches:
            results = replace(results, approvals=measure_approvals(ROOT, tell))
        if "storm" in benches:
            results = replace(results, storm=measure_storm(ROOT, tell))
        if "many-projects" in benches:
            results = replace(results, many_projects=measure_many_projects(ROOT, tell))
    except RehearsalError as error:
        raise BenchmarkError(str(error)) from error
    return results


def _play(console: Console, status: Status) -> MeasuredPlay:
    _tell(console, status, "Playing the lifecycle once; this takes a minute or two")
    began = time.monotonic()

    def tell(peak_mib: float) -> None:
        seconds = time.monotonic() - began
        status.update(f"Playing the lifecycle: {seconds:.0f} s, peak memory {peak_mib:.0f} MiB")

    return play_lifecycle(ROOT, tell)


def _tell(console: Console, status: Status, what: str) -> None:
    """Move the line in a terminal; print one elsewhere."""
    if console.is_terminal:
        status.update(what)
    else:
        console.print(what)


class _Progress:
    """Tells how far a trial is; where lines cannot be moved, seldom."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console = console
        self._status = status
        self._told_at = 0.0

    def __call__(self, what: str) -> None:
        counts = " of " in what
        if self._console.is_terminal or not counts or time.monotonic() > self._told_at + 20.0:
            self._told_at = time.monotonic()
            _tell(self._console, self._status, what)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; a failure is one sentence and exit code 1, an interruption is 130."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        cli(standalone_mode=False)
    except BenchmarkError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nInterrupted; nothing was written.", err=True)
        sys.exit(130)
