"""A processing or training job as SageMaker describes it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.words.versions import number_of

PROCESSING, TRAINING = "processing-job", "training-job"
_ARN = re.compile(
    r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:(?P<kind>processing-job|training-job)/(?P<name>[^/]+)"
)


@dataclass(frozen=True)
class JobName:
    """Which job.

    Args:
        kind: PROCESSING or TRAINING.
        name: of the job.
    """

    kind: str
    name: str

    @property
    def log_group(self) -> str:
        """Where CloudWatch keeps what it prints."""
        jobs = "ProcessingJobs" if self.kind == PROCESSING else "TrainingJobs"
        return f"/aws/sagemaker/{jobs}"


@dataclass(frozen=True)
class Place:
    """An input or output: what it is called, where it is in S3, and where in the container."""

    name: str
    uri: str
    path: str


@dataclass(frozen=True)
class Job:
    """One job.

    Args:
        status: of SageMaker.
        phase: what it does just now, in a word of SageMaker; empty if that is not told.
        reason: why it failed; empty if it did not.
        exit_message: what its container left; empty if nothing.
        instances: such as `2 of ml.m5.large, each with 30 GB`.
        settings: what it was given as hyperparameters, as arguments or in its environment.
        metrics: the last values.
    """

    arn: str
    status: str
    phase: str
    reason: str
    exit_message: str
    image: str
    instances: str
    role: str
    created: datetime | None
    started: datetime | None
    ended: datetime | None
    settings: Sequence[tuple[str, str]]
    inputs: Sequence[Place]
    outputs: Sequence[Place]
    metrics: Sequence[tuple[str, float]]


def job_of(arn: str) -> JobName | None:
    """Which job an ARN names; None if it names something else."""
    found = _ARN.fullmatch(arn)
    return JobName(found["kind"], found["name"]) if found else None


def version_of(arn: str, group: str) -> str:
    """The number of a version of the group; empty if an ARN names something else."""
    is_of_group = f":model-package/{group}/".lower() in arn.lower()
    return number_of(arn) if is_of_group else ""


def describe_job(sagemaker: Any, job: JobName) -> Job:
    """Ask for a job.

    Raises:
        ClientError: SageMaker refused, or there is none.
        BotoCoreError: it did not answer.
    """
    if job.kind == PROCESSING:
        return _processing(sagemaker.describe_processing_job(ProcessingJobName=job.name))
    return _training(sagemaker.describe_training_job(TrainingJobName=job.name))


def _processing(told: Mapping[str, Any]) -> Job:
    application: Mapping[str, Any] = told.get("AppSpecification", {})
    command = [
        *application.get("ContainerEntrypoint", ()),
        *application.get("ContainerArguments", ()),
    ]
    environment = sorted(told.get("Environment", {}).items())
    return Job(
        arn=told["ProcessingJobArn"],
        status=told["ProcessingJobStatus"],
        phase="",
        reason=told.get("FailureReason", ""),
        exit_message=told.get("ExitMessage", ""),
        image=application.get("ImageUri", ""),
        instances=_instances(told.get("ProcessingResources", {}).get("ClusterConfig", {})),
        role=told.get("RoleArn", ""),
        created=told.get("CreationTime"),
        started=told.get("ProcessingStartTime"),
        ended=told.get("ProcessingEndTime"),
        settings=[*([("command", " ".join(command))] if command else []), *environment],
        inputs=[_place(one, "InputName") for one in told.get("ProcessingInputs", ())],
        outputs=[
            _place(one, "OutputName")
            for one in told.get("ProcessingOutputConfig", {}).get("Outputs", ())
        ],
        metrics=(),
    )


def _place(told: Mapping[str, Any], name: str) -> Place:
    where: Mapping[str, Any] = told.get("S3Input") or told.get("S3Output") or {}
    return Place(told.get(name, ""), where.get("S3Uri", ""), where.get("LocalPath", ""))


def _training(told: Mapping[str, Any]) -> Job:
    return Job(
        arn=told["TrainingJobArn"],
        status=told["TrainingJobStatus"],
        phase=told.get("SecondaryStatus", ""),
        reason=told.get("FailureReason", ""),
        exit_message="",
        image=told.get("AlgorithmSpecification", {}).get("TrainingImage", ""),
        instances=_instances(told.get("ResourceConfig", {})),
        role=told.get("RoleArn", ""),
        created=told.get("CreationTime"),
        started=told.get("TrainingStartTime"),
        ended=told.get("TrainingEndTime"),
        settings=[
            *sorted(told.get("HyperParameters", {}).items()),
            *sorted(told.get("Environment", {}).items()),
        ],
        inputs=[_channel(one) for one in told.get("InputDataConfig", ())],
        outputs=list(_artifacts(told)),
        metrics=[
            (one.get("MetricName", ""), float(one.get("Value", 0.0)))
            for one in told.get("FinalMetricDataList", ())
        ],
    )


def _channel(told: Mapping[str, Any]) -> Place:
    source = told.get("DataSource", {}).get("S3DataSource", {})
    name = told.get("ChannelName", "")
    return Place(name, source.get("S3Uri", ""), f"/opt/ml/input/data/{name}")


def _artifacts(told: Mapping[str, Any]) -> Iterator[Place]:
    model = told.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    if model:
        yield Place("model", model, "/opt/ml/model")
    elif told.get("OutputDataConfig"):
        yield Place("model", told["OutputDataConfig"].get("S3OutputPath", ""), "/opt/ml/model")


def _instances(told: Mapping[str, Any]) -> str:
    if not told.get("InstanceType"):
        return ""
    count, disk = told.get("InstanceCount", 1), told.get("VolumeSizeInGB")
    return f"{count} of {told['InstanceType']}" + (f", each with {disk} GB" if disk else "")
