"""Somebody in Studio who has what this project ships for the domain's role, and nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlparse

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.set_up import DATA_BUCKET, DATA_KEY
from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.laboratory.trials.project import TrialProject

_SECONDS = 120.0
_ENDED = ("Succeeded", "Failed", "Stopped")


class Studio:
    """Work on one project with the credentials of a person in Studio."""

    def __init__(self, project: TrialProject, user: AwsUser) -> None:
        self.client = user.client
        self.bucket = names.bucket(project.id)
        self.pipeline = names.pipeline(project.name, project.id)
        self._sagemaker = user.client("sagemaker")

    def put_data(self, name: str, content: bytes) -> str:
        """Upload a file of one's own and return its address."""
        key = f"{names.DATA_FOLDER}{name}"
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        return f"s3://{self.bucket}/{key}"

    def start(self, **parameters: str) -> str:
        """Start the pipeline with other parameters and return the execution's ARN."""
        started = self._sagemaker.start_pipeline_execution(
            PipelineName=self.pipeline,
            PipelineParameters=[{"Name": key, "Value": value} for key, value in parameters.items()],
        )
        return str(started["PipelineExecutionArn"])

    def stop(self, execution: str) -> None:
        """Stop an execution that has not ended."""
        self._sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution)

    def steps(self, execution: str) -> list[dict[str, Any]]:
        """The steps of an execution, the first one first."""
        found = self._sagemaker.list_pipeline_execution_steps(
            PipelineExecutionArn=execution, SortOrder="Ascending"
        )
        return list(found["PipelineExecutionSteps"])

    def await_end(self, execution: str) -> tuple[str, str]:
        """How an execution ended, and why its steps failed."""

        def ended() -> str | None:
            told = self._sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)
            status = str(told["PipelineExecutionStatus"])
            return status if status in _ENDED else None

        status = _await(ended)
        reasons = [step.get("FailureReason", "") for step in self.steps(execution)]
        return status, "; ".join(filter(None, reasons))

    def await_first_step(self, execution: str) -> tuple[str, str]:
        """How the job that reads the data ended, and why it failed."""

        def ended() -> tuple[str, str] | None:
            first = next(iter(self.steps(execution)), {})
            status = str(first.get("StepStatus"))
            return (status, first.get("FailureReason", "")) if status in _ENDED else None

        return _await(ended)

    def read_log(self, job_arn: str) -> str:
        """What a processing job printed."""
        logs, group = self.client("logs"), "/aws/sagemaker/ProcessingJobs"
        (stream,) = logs.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=job_arn.rpartition("/")[2]
        )["logStreams"]
        found = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
        return "\n".join(event["message"] for event in found["events"])

    def read_newest_report(self) -> dict[str, Any]:
        """The evaluation report of the newest version in the registry."""
        listed = self._sagemaker.list_model_packages(
            ModelPackageGroupName=self.pipeline, SortOrder="Descending"
        )
        arn = listed["ModelPackageSummaryList"][0]["ModelPackageArn"]
        package = self._sagemaker.describe_model_package(ModelPackageName=arn)
        place = urlparse(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"])
        answer = self.client("s3").get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
        report: dict[str, Any] = json.loads(answer["Body"].read())
        return report


def public_data(project: TrialProject) -> bytes:
    """What a person takes to be data of their own."""
    found = project.lane.administrator("s3").get_object(Bucket=DATA_BUCKET, Key=DATA_KEY)
    return bytes(found["Body"].read())


def _await(look: Callable[[], Any]) -> Any:
    gives_up_at = time.monotonic() + _SECONDS
    while (found := look()) is None:
        assert time.monotonic() < gives_up_at, "it has not ended"
        time.sleep(0.1)
    return found
