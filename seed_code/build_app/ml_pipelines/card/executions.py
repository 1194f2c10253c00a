"""What SageMaker knows of an execution of the pipeline, registered or not, and its report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from ml_pipelines.card.registry import Facts, Gate, in_utc, recorded_gate
from ml_pipelines.card.report import ReportError


@dataclass(frozen=True)
class Execution:
    """One execution that evaluated a model."""

    arn: str
    status: str
    started: datetime
    commit: str
    gate: Gate | None
    report_uri: str

    @property
    def label(self) -> str:
        """Names it in file names."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def title(self) -> str:
        """Names it on its page."""
        return f"Execution {self.label}"

    @property
    def standing(self) -> str:
        """What became of its model."""
        return f"the execution's status is {self.status}"

    @property
    def facts(self) -> Facts:
        """What the page lists."""
        return [
            ("Started", in_utc(self.started)),
            ("Commit", self.commit or "not recorded"),
            ("Execution", self.arn),
        ]


def find_execution(sagemaker: Any, pipeline: str, wanted: str) -> Execution:
    """Describe an execution of the pipeline.

    Args:
        sagemaker: boto3 client.
        pipeline: its name.
        wanted: ARN or last part of it; empty: the newest.

    Raises:
        ReportError: there is none, or it evaluated no model.
    """
    arn = _arn(sagemaker, pipeline, wanted)
    described = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    job = _evaluation_job(sagemaker, arn)
    pages = sagemaker.get_paginator("list_pipeline_parameters_for_execution").paginate(
        PipelineExecutionArn=arn
    )
    given = {item["Name"]: item["Value"] for page in pages for item in page["PipelineParameters"]}
    arguments = job["AppSpecification"].get("ContainerArguments", [])
    options = dict(pairwise(arguments))
    outputs = {
        output["OutputName"]: output["S3Output"]["S3Uri"]
        for output in job["ProcessingOutputConfig"]["Outputs"]
    }
    return Execution(
        arn=arn,
        status=described["PipelineExecutionStatus"],
        started=described["CreationTime"],
        commit=given.get("CommitId", ""),
        gate=recorded_gate(options.get("--metric"), given.get("MetricThreshold")),
        report_uri=f"{outputs['evaluation']}/evaluation.json",
    )


def _arn(sagemaker: Any, pipeline: str, wanted: str) -> str:
    if wanted.startswith("arn:"):
        return wanted
    if wanted:
        arn = sagemaker.describe_pipeline(PipelineName=pipeline)["PipelineArn"]
        return f"{arn}/execution/{wanted}"
    newest = sagemaker.list_pipeline_executions(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending", MaxResults=1
    )["PipelineExecutionSummaries"]
    if not newest:
        raise ReportError(f"pipeline {pipeline} was never executed; see run-pipeline.")
    return str(newest[0]["PipelineExecutionArn"])


def _evaluation_job(sagemaker: Any, arn: str) -> dict[str, Any]:
    """The job that evaluated the model; of a step from the cache, the one that once did."""
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn
    )
    for page in pages:
        for step in page["PipelineExecutionSteps"]:
            if step["StepName"] == "Evaluate" and step["StepStatus"] == "Succeeded":
                name = step["Metadata"]["ProcessingJob"]["Arn"].rsplit("/", 1)[-1]
                job: dict[str, Any] = sagemaker.describe_processing_job(ProcessingJobName=name)
                return job
    raise ReportError(f"{arn} has evaluated no model; see its steps in Studio.")
