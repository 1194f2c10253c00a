"""What survives a stop and a kill, and what does not outlive them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.pipelines.definitions import measure, pipeline
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws, training_arguments


@pytest.fixture
def own_aws(tmp_path: Path) -> Iterator[SageMakerAws]:
    """A server of its own, because it is stopped."""
    server = SageMakerAws(tmp_path / "state").start()
    yield server.prepare()
    server.stop()


def containers(aws: SageMakerAws, kind: str) -> list[int]:
    """Ids of the processes of containers that are alive, without those that they started."""
    root, found = aws.state_dir / "sagemaker" / kind, {}
    for process in psutil.process_iter(["environ", "ppid"]):
        folder = (process.info["environ"] or {}).get("SAGEMAKER_BASE_DIR", "")
        if Path(folder).is_relative_to(root) and is_alive(process.pid):
            found[process.pid] = process.info["ppid"]
    return [number for number, parent in found.items() if parent not in found]


def is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{number}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[-1].split()[0] != "Z"


def test_endpoint_survives_a_stop_and_a_kill(own_aws: SageMakerAws) -> None:
    aws = own_aws
    aws.sagemaker.create_training_job(TrainingJobName="t", **training_arguments(aws.role_arn))
    job = aws.finished_job("Training", "t")
    aws.create_config("lasting", job["ModelArtifacts"]["S3ModelArtifacts"])
    aws.sagemaker.create_endpoint(EndpointName="lasting", EndpointConfigName="lasting")
    assert aws.settled_endpoint("lasting")["EndpointStatus"] == "InService"
    predicted = aws.predict("lasting", "0.9,0.5,0.1")

    (first,) = containers(aws, "endpoint")
    assert aws.stop() == 0
    assert not is_alive(first)
    aws.start()
    assert aws.predict("lasting", "0.9,0.5,0.1") == predicted
    assert aws.settled_endpoint("lasting")["EndpointStatus"] == "InService"

    (second,) = containers(aws, "endpoint")
    aws.stop(signal.SIGKILL)
    assert is_alive(second)
    aws.start()
    assert not is_alive(second)
    assert aws.predict("lasting", "0.9,0.5,0.1") == predicted
    job = aws.sagemaker.describe_training_job(TrainingJobName="t")
    assert job["TrainingJobStatus"] == "Completed"


def test_interrupted_execution_fails_and_says_why(own_aws: SageMakerAws) -> None:
    aws = own_aws
    slow = measure("Slow", aws.role_arn, script="slow.py", PropertyFiles=[])
    aws.create_pipeline("interrupted", pipeline(slow))
    arn = aws.start_execution("interrupted")
    wait_for(lambda: "Slow" in aws.steps(arn), what="the step")
    wait_for(lambda: arn in aws.saved("sagemaker"), what="the state")
    aws.stop(signal.SIGKILL)
    aws.start()
    shown = aws.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert "The rehearsal was stopped" in shown["FailureReason"]
    assert containers(aws, "processing-job") == []


def test_running_jobs_end_with_the_server(own_aws: SageMakerAws) -> None:
    aws = own_aws
    slow = measure("Slow", aws.role_arn, script="slow.py", PropertyFiles=[])
    aws.create_pipeline("ended", pipeline(slow))
    aws.start_execution("ended")
    wait_for(lambda: containers(aws, "processing-job"), what="the job")
    (number,) = containers(aws, "processing-job")
    assert aws.stop() == 0
    assert not is_alive(number)
    aws.start()
