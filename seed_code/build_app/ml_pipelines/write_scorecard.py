"""Command `scorecard`: say in Markdown what a pull request changes, and how its tests went."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ml_pipelines.command_line import command_parser, run_command
from ml_pipelines.scorecard.build_cost import build_cost, read_prices
from ml_pipelines.scorecard.change import ComparisonError, definition_change, settings_change
from ml_pipelines.scorecard.markdown import plain
from ml_pipelines.scorecard.results import (
    ResultsError,
    noted_training,
    outcome,
    read_results,
    training,
)
from ml_pipelines.settings import ROOT, SettingsError, read_pipeline_settings, read_project

MINUTES = 5.0
EXAMPLES = """examples:
  scorecard --results results.xml          after pytest --junit-xml=results.xml
  git worktree add ../base origin/main
  scorecard --base ../base                 needs the SageMaker SDK, and no AWS
"""


def write_card(arguments: argparse.Namespace) -> int:
    """Print the parts that were asked for; a part that cannot be made says why."""
    parts: dict[str, Callable[[], str]] = {}
    if arguments.results is not None:
        parts[arguments.title] = lambda: _results(arguments)
    if arguments.base is not None:
        base = arguments.base.resolve()
        parts["Settings"] = lambda: settings_change(base, ROOT)
        parts["Definition of the pipeline"] = lambda: definition_change(base, ROOT)
        parts["Estimated cost of a build"] = lambda: _cost(arguments)
    for title, make in parts.items():
        print(f"### {plain(title)}\n\n{_told(make)}\n")
    return 0


def _told(make: Callable[[], str]) -> str:
    try:
        return make()
    except (ComparisonError, ResultsError, SettingsError) as error:
        return plain(str(error), longest=400)


def _results(arguments: argparse.Namespace) -> str:
    suite = read_results(arguments.results)
    told = [outcome(suite)]
    noted = noted_training(suite)
    if noted is not None:
        told.append(training(noted, read_pipeline_settings(ROOT / "pipeline.toml")))
    return "\n\n".join(told)


def _cost(arguments: argparse.Namespace) -> str:
    settings, prices = read_pipeline_settings(ROOT / "pipeline.toml"), read_prices()
    region = read_project(ROOT / "project.env").AWS_REGION
    return build_cost(settings, prices, region, arguments.minutes)


def main(argv: list[str] | None = None) -> int:
    """Write the card."""
    parser = command_parser(
        "scorecard",
        description="Say in Markdown what a pull request changes and how its tests went.",
        examples=EXAMPLES,
    )
    parser.add_argument("--results", type=Path, help="pytest's results, in JUnit's format")
    parser.add_argument("--title", default="Tests", help="heading of the results")
    parser.add_argument("--base", type=Path, help="folder of what to compare with")
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help=f"assumed of each job (default {MINUTES:g})"
    )
    return run_command(parser, argv, write_card)


if __name__ == "__main__":
    sys.exit(main())
