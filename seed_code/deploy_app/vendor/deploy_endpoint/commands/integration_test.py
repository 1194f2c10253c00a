"""Ask a stage's endpoint for the predictions that the pipeline made, and compare.

1. wait until the endpoint is in service with the stack's configuration, for a bounded time;
2. send the sample of the model package, raw records, in one request;
3. compare the answer with the pipeline's predictions, record by record;
4. print both as a table, also into GitHub's step summary.
"""

import argparse
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3

from deploy_endpoint.commands.stage_stack import StageStack
from deploy_endpoint.errors import EndpointError, SettingsError, aws_errors_explained
from deploy_endpoint.markdown_table import lay_out
from deploy_endpoint.model.evaluation_report import Sample, parse_report
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages
from deploy_endpoint.stack.served_endpoint import CONFIG_OUTPUT, wait_until_serves

# Text has fewer digits than the number that it shows.
RELATIVE_TOLERANCE = 1e-4
_SHOWN_RECORDS = 5


def read_sample(file: Path) -> Sample:
    """Read the sample of the report that was kept when the model was admitted."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(f"There is no {file}; run `python vendor admit_model` first.") from None
    return parse_report(text, str(file)).sample


def predict(runtime: Any, endpoint_name: str, sample: Sample) -> list[list[float]]:
    """Send all records in one request and return the numbers that each got.

    Raises:
        EndpointError: the model refused the records, or its answer is not as many numbers.
    """
    with aws_errors_explained(f"invoke endpoint {endpoint_name}"):
        try:
            response = runtime.invoke_endpoint(
                EndpointName=endpoint_name,
                ContentType="text/csv",
                Accept="text/csv",
                Body="\n".join(sample.records).encode(),
            )
        except runtime.exceptions.ModelError as error:
            status = error.response.get("OriginalStatusCode", "no status")
            message = str(error.response.get("OriginalMessage", error)).strip().rstrip(".")
            raise EndpointError(
                f"The model behind {endpoint_name} answered {status} ({message}) to its own "
                "sample; look at its inference code."
            ) from error
        body = response["Body"].read().decode("utf-8", errors="replace")
    return parse_predictions(body, len(sample.records), len(sample.predictions[0]))


def parse_predictions(body: str, records: int, width: int) -> list[list[float]]:
    """Read finite numbers, so many for each record, from a CSV answer."""
    cells = body.replace(",", "\n").split()
    if len(cells) != records * width:
        wanted = "one number" if width == 1 else f"{width} numbers"
        raise EndpointError(
            f"The endpoint answered {len(cells)} values for {records} records; "
            f"its inference code must answer {wanted} a record."
        )
    numbers: list[float] = []
    for position, cell in enumerate(cells):
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise EndpointError(
                f"The prediction for record {position // width + 1} is {cell!r}, not a finite "
                "number; deploy an earlier version and look at this model."
            )
        numbers.append(value)
    return [numbers[start : start + width] for start in range(0, len(numbers), width)]


def compare(sample: Sample, answered: Sequence[Sequence[float]]) -> None:
    """Hold the endpoint's predictions against the pipeline's.

    Raises:
        EndpointError: naming the first record for which they differ.
    """
    for number, (record, expected, found) in enumerate(
        zip(sample.records, sample.predictions, answered, strict=True), start=1
    ):
        if not all(map(_is_close, expected, found)):
            raise EndpointError(
                f"The endpoint predicts {_shown(found, 'g')} for record {number} of the sample "
                f"({record}), the pipeline {_shown(expected, 'g')}; look at what differs between "
                "the two."
            )


def _is_close(expected: float, found: float) -> bool:
    return math.isclose(expected, found, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-6)


def _shown(numbers: Sequence[float], form: str) -> str:
    return " ".join(f"{number:{form}}" for number in numbers)


def table(sample: Sample, answered: Sequence[Sequence[float]]) -> str:
    """Lay the first records out as a Markdown table that also reads well as text."""
    rows = zip(sample.records, sample.predictions, answered, strict=True)
    shown = [(record, _shown(said, ".2f"), _shown(found, ".2f")) for record, said, found in rows]
    head = ("Record", "Pipeline", "Endpoint")
    return lay_out([head, *shown[:_SHOWN_RECORDS]], right=(1, 2))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))
    parser.add_argument("--timeout-seconds", type=float, default=900.0)
    parser.add_argument(
        "--report",
        type=Path,
        default=Path("evaluation.json"),
        help="the pipeline's report, which admit_model keeps (default: evaluation.json)",
    )


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    stage = load_stages(STAGES_FILE, project).stage(options.stage)
    name = project.endpoint_name(stage.name)
    sample = read_sample(options.report)
    with aws_errors_explained("reach AWS"):
        cloudformation, sagemaker, runtime = (
            boto3.client(service, region_name=project.aws_region)
            for service in ("cloudformation", "sagemaker", "sagemaker-runtime")
        )
    config = StageStack(cloudformation, project.stack_name(stage.name)).outputs()[CONFIG_OUTPUT]
    wait_until_serves(sagemaker, name, config, timeout_seconds=options.timeout_seconds)
    answered = predict(runtime, name, sample)
    text = table(sample, answered)
    compare(sample, answered)
    same = f"Endpoint {name} predicts what the pipeline did, {len(answered)} of {len(answered)}"
    print(f"{same}:\n\n{text}")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"### {same}\n\n{text}\n")
