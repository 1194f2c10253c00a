"""The project's pipeline, started on new data or on what its steps have in their cache."""

from __future__ import annotations

import time
from dataclasses import dataclass

from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.set_up import DATA_BUCKET, DATA_KEY
from rehearsal.laboratory.trials.project import TrialProject

_SECONDS = 120.0
_PROCESSING_LOGS = "/aws/sagemaker/ProcessingJobs"


@dataclass(frozen=True)
class Execution:
    """An execution that has ended; `reasons` of the steps that failed."""

    arn: str
    status: str
    reasons: str


class Pipeline:
    """Executions of one pipeline."""

    def __init__(self, project: TrialProject) -> None:
        self.name = names.pipeline(project.name, project.id)
        self._sagemaker = project.lane.administrator("sagemaker")
        self._s3 = project.lane.administrator("s3")
        self._logs = project.lane.administrator("logs")
        self._copies = 0

    def remove(self) -> None:
        """Delete the pipeline, if it is there."""
        try:
            self._sagemaker.delete_pipeline(PipelineName=self.name, ClientRequestToken="r" * 32)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFound":
                raise

    def execute(self) -> Execution:
        """Run it on the data that it has seen before."""
        return self._await(self._start(DATA_KEY))

    def execute_on_new_data(self) -> Execution:
        """Run it on a copy of the data, so that no step is found in the cache."""
        return self._await(self.start_on_new_data())

    def execute_without_data(self) -> Execution:
        """Run it on data that is not there; the first job fails at once."""
        return self._await(self._start("dataset/nothing.csv"))

    def start_on_new_data(self) -> str:
        """Begin such an execution and return its ARN."""
        self._copies += 1
        key = f"dataset/copy-{self._copies}.csv"
        source = {"Bucket": DATA_BUCKET, "Key": DATA_KEY}
        self._s3.copy_object(Bucket=DATA_BUCKET, Key=key, CopySource=source)
        return self._start(key)

    def await_newest(self) -> Execution:
        """Wait for the end of the execution that was begun last."""
        listed = self._sagemaker.list_pipeline_executions(PipelineName=self.name)
        return self._await(listed["PipelineExecutionSummaries"][0]["PipelineExecutionArn"])

    def logs_of_jobs(self, execution: Execution) -> list[str]:
        """Names of the log streams of an execution's processing jobs."""
        prefix = f"pipelines-{execution.arn.rsplit('/', 1)[-1]}-"
        found = self._logs.describe_log_streams(
            logGroupName=_PROCESSING_LOGS, logStreamNamePrefix=prefix
        )
        return [stream["logStreamName"] for stream in found["logStreams"]]

    def _start(self, key: str) -> str:
        url = {"Name": "InputDataUrl", "Value": f"s3://{DATA_BUCKET}/{key}"}
        started = self._sagemaker.start_pipeline_execution(
            PipelineName=self.name, PipelineParameters=[url]
        )
        return str(started["PipelineExecutionArn"])

    def _await(self, arn: str) -> Execution:
        gives_up_at = time.monotonic() + _SECONDS
        while (status := self._status(arn)) in ("Executing", "Stopping"):
            assert time.monotonic() < gives_up_at, f"{arn} is still {status}"
            time.sleep(0.1)
        steps = self._sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        reasons = [step.get("FailureReason", "") for step in steps["PipelineExecutionSteps"]]
        return Execution(arn, status, "; ".join(filter(None, reasons)))

    def _status(self, arn: str) -> str:
        described = self._sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        return str(described["PipelineExecutionStatus"])
