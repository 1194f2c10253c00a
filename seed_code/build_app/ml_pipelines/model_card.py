"""Command `model-card`: show how good a version of the model is, as one page."""

from __future__ import annotations

import argparse
import json
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from ml_pipelines.card.executions import Execution, find_execution
from ml_pipelines.card.gallery import pictures
from ml_pipelines.card.page import page
from ml_pipelines.card.picture import svg_file
from ml_pipelines.card.registry import fetch_report, find_version
from ml_pipelines.card.report import LARGEST_REPORT_BYTES, Report, ReportError, parse_report
from ml_pipelines.card.sections import Subject
from ml_pipelines.clients import Clients
from ml_pipelines.command_line import add_project_file, command_parser, run_command
from ml_pipelines.settings import read_project

EXAMPLES = """examples:
  model-card --version 3                          writes model-card-3.html
  model-card --open                               the newest version, in the browser
  model-card --version 3 --output card.html --pictures pictures/
  model-card --version 3 --json                   the same as JSON, for programs
  model-card --execution --open                   of the last build, registered or not
  model-card --report evaluation.json             of a model that was not registered
"""


def show(arguments: argparse.Namespace, connect: Callable[[str], Clients]) -> int:
    """Find the report, and write what is asked for."""
    subject, report = _find(arguments, connect)
    if arguments.json:
        known = asdict(subject) if subject else None
        kind = "execution" if isinstance(subject, Execution) else "version"
        found = {kind: known, "report": report.model_dump(mode="json", by_alias=True)}
        print(json.dumps(found, indent=2, default=str))
        return 0
    output = arguments.output or Path(f"model-card-{subject.label if subject else 'report'}.html")
    _write(output, page(report, subject))
    print(f"card: {output}")
    if arguments.pictures:
        for picture in pictures(report):
            _write(arguments.pictures / f"{picture.name}.svg", svg_file(picture))
        print(f"pictures: {arguments.pictures}")
    if arguments.open and not webbrowser.open(output.resolve().as_uri()):
        raise ReportError(f"no browser was found here; open {output} in one.")
    return 0


def _find(
    arguments: argparse.Namespace, connect: Callable[[str], Clients]
) -> tuple[Subject | None, Report]:
    if arguments.report is not None:
        return None, parse_report(_read(arguments.report), str(arguments.report))
    project = read_project(arguments.project_file)
    clients = connect(project.AWS_REGION)
    subject: Subject
    if arguments.execution is None:
        group = project.MODEL_PACKAGE_GROUP_NAME
        subject = find_version(clients.sagemaker, group, arguments.version)
    else:
        subject = find_execution(clients.sagemaker, project.PIPELINE_NAME, arguments.execution)
    return subject, parse_report(fetch_report(clients.s3, subject.report_uri), subject.report_uri)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_REPORT_BYTES + 1)
    except OSError as error:
        raise ReportError(f"{path} cannot be read: {error.strerror}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror}.") from error


def main(
    argv: list[str] | None = None, connect: Callable[[str], Clients] = Clients.for_region
) -> int:
    """Show a card."""
    parser = command_parser(
        "model-card",
        description="Show how good a version of the model is, as one HTML page.",
        examples=EXAMPLES,
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--version", type=int, help="of the model package group (default: newest)")
    which.add_argument(
        "--execution", nargs="?", const="", help="of the pipeline, ARN or id (without: newest)"
    )
    which.add_argument("--report", type=Path, help="an evaluation.json on this machine instead")
    parser.add_argument("--output", type=Path, help="page to write (default: model-card-N.html)")
    parser.add_argument("--pictures", type=Path, help="folder that gets the pictures as SVG")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument("--json", action="store_true", help="print JSON and write no page")
    add_project_file(parser)
    return run_command(
        parser, argv, lambda arguments: show(arguments, connect), refusals=(ReportError,)
    )


if __name__ == "__main__":
    sys.exit(main())
