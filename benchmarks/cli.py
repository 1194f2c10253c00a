"""The benchmark's command line.

1. play the lifecycle once, measured from outside;
2. time `cdk synth` and the pipeline's floor;
3. print the table and write the results.
"""

import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import click
import psutil
from rich.console import Console
from rich.status import Status

from benchmarks.errors import BenchmarkError
from benchmarks.launch import measure_launch
from benchmarks.lifecycle import Play, play_lifecycle
from benchmarks.pipeline_floor import time_plain_training
from benchmarks.results import Comparison, Results
from benchmarks.synthesis import time_synthesis
from benchmarks.table import build_table
from benchmarks.timing import Timings

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
_EXAMPLES = """
\b
Examples:
  make bench
  make bench ARGS="--runs 5"
  make bench ARGS="--json"
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="How often what has a floor is timed; medians are compared.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, no table.")
def cli(runs: int, as_json: bool) -> None:
    """Measure the lifecycle and write benchmarks/results.json."""
    # On standard error, so that standard output holds the results alone.
    console = Console(stderr=True, highlight=False)
    results = measure(runs, console)
    results.write(RESULTS)
    if as_json:
        click.echo(json.dumps(results.as_dict(), indent=2))
        return
    Console().print(build_table(results))
    click.echo(f"Results: {RESULTS.relative_to(ROOT)}")


def measure(runs: int, console: Console) -> Results:
    """Measure everything, saying on `console` what is at work.

    Raises:
        BenchmarkError: a measured program failed.
    """
    load_before = psutil.getloadavg()[0]
    with console.status("Begin") as status:
        play = _play(console, status)
        console.print(f"Played the lifecycle in {play.seconds:.1f} s")
        synthesis = time_synthesis(ROOT, runs, lambda what: _tell(console, status, what))
        floor = time_plain_training(ROOT, runs, lambda what: _tell(console, status, what))
    facts = play.report["facts"]
    return Results(
        load_before=load_before,
        play=play,
        synthesis=Comparison.of(*synthesis),
        pipeline=Comparison.of(Timings([facts["pipeline_seconds"]]), floor),
        launch=measure_launch(facts["launch"], play.github_log),
    )


def _play(console: Console, status: Status) -> Play:
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
