"""Ask the deployed endpoint for predictions, and refuse anything that is not a number of rings.

1. wait until the endpoint is in service, for a bounded time;
2. send the raw records of `config/sample_records.csv` in one request;
3. check that every record got one finite number;
4. print them as a table, also into GitHub's step summary.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3

from deploy_endpoint.errors import DeployError, EndpointError, SettingsError, aws_errors_explained
from deploy_endpoint.project_settings import load_project
from deploy_endpoint.stage_settings import DEFAULT_STAGE, STAGES_FILE, load_stages

_POLL_SECONDS = 5.0
_IN_PROGRESS = {"Creating", "Updating", "SystemUpdating", "RollingBack"}


def wait_until_in_service(
    sagemaker: Any,
    endpoint_name: str,
    *,
    timeout_seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when the endpoint is InService.

    Raises:
        EndpointError: it failed, is going away, or is not ready in time.
    """
    deadline = clock() + timeout_seconds
    while True:
        with aws_errors_explained(f"describe endpoint {endpoint_name}"):
            endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_name)
        status = endpoint["EndpointStatus"]
        if status == "InService":
            return
        if status not in _IN_PROGRESS:
            reason = str(endpoint.get("FailureReason", "no reason given")).rstrip(".")
            raise EndpointError(
                f"Endpoint {endpoint_name} is {status} ({reason}); see its logs in CloudWatch "
                "and deploy again."
            )
        if clock() >= deadline:
            raise EndpointError(
                f"Endpoint {endpoint_name} is still {status} after {timeout_seconds:g} s; "
                "see its logs in CloudWatch or allow more with --timeout-seconds."
            )
        sleep(_POLL_SECONDS)


def read_records(path: Path) -> list[str]:
    """Read raw CSV records, one a line; there must be at least one."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SettingsError(f"There is no {path}; add raw records, one a line.") from None
    records = [line.strip() for line in lines if line.strip()]
    if not records:
        raise SettingsError(f"{path} holds no record; add raw records, one a line.")
    return records


def predict(runtime: Any, endpoint_name: str, records: Sequence[str]) -> list[float]:
    """Send all records in one request and return one prediction for each.

    Raises:
        EndpointError: the model refused the records, or its answer is not as many numbers.
    """
    with aws_errors_explained(f"invoke endpoint {endpoint_name}"):
        try:
            response = runtime.invoke_endpoint(
                EndpointName=endpoint_name,
                ContentType="text/csv",
                Accept="text/csv",
                Body="\n".join(records).encode(),
            )
        except runtime.exceptions.ModelError as error:
            status = error.response.get("OriginalStatusCode", "no status")
            message = str(error.response.get("OriginalMessage", error)).strip().rstrip(".")
            raise EndpointError(
                f"The model behind {endpoint_name} answered {status} ({message}); "
                "correct config/sample_records.csv or the model."
            ) from error
        body = response["Body"].read().decode("utf-8", errors="replace")
    return parse_rings(body, len(records))


def parse_rings(body: str, expected: int) -> list[float]:
    """Read one finite number per record from a CSV answer."""
    cells = body.replace(",", "\n").split()
    if len(cells) != expected:
        raise EndpointError(
            f"The endpoint answered {len(cells)} values for {expected} records; "
            "its inference code must answer one number a record."
        )
    rings: list[float] = []
    for number, cell in enumerate(cells, start=1):
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise EndpointError(
                f"The prediction for record {number} is {cell!r}, not a finite number of rings; "
                "deploy an earlier version and look at this model."
            )
        rings.append(value)
    return rings


def table(records: Sequence[str], rings: Sequence[float]) -> str:
    """Lay records and predictions out as a Markdown table that also reads well as text."""
    width = max(len("Record"), *(len(record) for record in records))
    lines = [f"| {'Record':<{width}} | Rings |", f"| {'-' * width} | ----: |"]
    lines += [
        f"| {record:<{width}} | {value:>5.2f} |"
        for record, value in zip(records, rings, strict=True)
    ]
    return "\n".join(lines)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="smoke_test", description=__doc__)
    parser.add_argument("--stage", default=os.environ.get("STAGE") or DEFAULT_STAGE)
    parser.add_argument("--timeout-seconds", type=float, default=900.0)
    parser.add_argument("--records", type=Path, default=Path("config/sample_records.csv"))
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    options = _arguments(arguments)
    try:
        project = load_project(Path("project.env"), os.environ)
        stage = load_stages(STAGES_FILE, project).stage(options.stage)
        name = project.endpoint_name(stage.name)
        records = read_records(options.records)
        with aws_errors_explained("reach SageMaker"):
            sagemaker = boto3.client("sagemaker", region_name=project.aws_region)
            runtime = boto3.client("sagemaker-runtime", region_name=project.aws_region)
        wait_until_in_service(sagemaker, name, timeout_seconds=options.timeout_seconds)
        text = table(records, predict(runtime, name, records))
    except DeployError as error:
        sys.exit(f"error: {error}")
    print(f"Endpoint {name} is in service and predicts:\n\n{text}")
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"### Endpoint `{name}` is in service\n\n{text}\n")


if __name__ == "__main__":
    main()
