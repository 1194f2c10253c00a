"""What survives a stop and a kill, and what does not outlive them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, wait_for
from rehearsal.tests.sagemaker.pipelines.definitions import measure, pipeline
from rehearsal.tests.sagemaker.stage import Stage, make_stage, training_arguments


@pytest.fixture
def own_stage(tmp_path: Path) -> Iterator[Stage]:
    """A server of its own, because it is stopped."""
    server = LocalAws(tmp_path / "state").start()
    yield make_stage(server)
    server.stop()


def containers(stage: Stage, kind: str) -> list[int]:
    """Ids of the processes of containers that are alive, without those that they started."""
    root, found = stage.aws.state_dir / "sagemaker" / kind, {}
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


def test_endpoint_survives_a_stop_and_a_kill(own_stage: Stage) -> None:
    stage = own_stage
    stage.sagemaker.create_training_job(TrainingJobName="t", **training_arguments(stage.role))
    job = stage.finished_job("Training", "t")
    stage.create_config("lasting", job["ModelArtifacts"]["S3ModelArtifacts"])
    stage.sagemaker.create_endpoint(EndpointName="lasting", EndpointConfigName="lasting")
    assert stage.settled_endpoint("lasting")["EndpointStatus"] == "InService"
    predicted = stage.predict("lasting", "0.9,0.5,0.1")

    (first,) = containers(stage, "endpoint")
    assert stage.aws.stop() == 0
    assert not is_alive(first)
    stage.aws.start()
    assert stage.predict("lasting", "0.9,0.5,0.1") == predicted
    assert stage.settled_endpoint("lasting")["EndpointStatus"] == "InService"

    (second,) = containers(stage, "endpoint")
    stage.aws.stop(signal.SIGKILL)
    assert is_alive(second)
    stage.aws.start()
    assert not is_alive(second)
    assert stage.predict("lasting", "0.9,0.5,0.1") == predicted
    job = stage.sagemaker.describe_training_job(TrainingJobName="t")
    assert job["TrainingJobStatus"] == "Completed"


def test_interrupted_execution_fails_and_says_why(own_stage: Stage) -> None:
    stage = own_stage
    slow = measure("Slow", stage.role, script="slow.py", PropertyFiles=[])
    stage.create_pipeline("interrupted", pipeline(slow))
    arn = stage.start("interrupted")
    wait_for(lambda: "Slow" in stage.steps(arn), what="the step")
    wait_for(lambda: arn in stage.aws.saved("sagemaker"), what="the state")
    stage.aws.stop(signal.SIGKILL)
    stage.aws.start()
    shown = stage.sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert "The rehearsal was stopped" in shown["FailureReason"]
    assert containers(stage, "processing-job") == []


def test_running_jobs_end_with_the_server(own_stage: Stage) -> None:
    stage = own_stage
    slow = measure("Slow", stage.role, script="slow.py", PropertyFiles=[])
    stage.create_pipeline("ended", pipeline(slow))
    stage.start("ended")
    wait_for(lambda: containers(stage, "processing-job"), what="the job")
    (number,) = containers(stage, "processing-job")
    assert stage.aws.stop() == 0
    assert not is_alive(number)
    stage.aws.start()
