"""One local AWS, and one trained model, for all tests here."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws
from rehearsal.tests.sagemaker.packages import Events, listen
from rehearsal.tests.sagemaker.stage import Stage, make_stage, training_arguments

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    state = tmp_path_factory.mktemp("sagemaker") / "state"
    server = LocalAws(state, options=("--seconds-per-minute", "1")).start()
    yield make_stage(server)
    assert server.stop() == 0


@pytest.fixture(scope="session")
def model_data_url(stage: Stage) -> str:
    """Artifacts of a model that was really trained."""
    name = "trained-for-tests"
    stage.sagemaker.create_training_job(TrainingJobName=name, **training_arguments(stage.role))
    job = stage.finished_job("Training", name)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    return str(job["ModelArtifacts"]["S3ModelArtifacts"])


@pytest.fixture
def group(stage: Stage) -> str:
    """Name of a new group, beside an artifact to register."""
    name = f"group-{next(_numbers)}"
    stage.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    stage.put("artifacts/model.tar.gz", b"model")
    return name


@pytest.fixture
def package_events(stage: Stage, group: str) -> Events:
    """Reads the next events about the group's packages from a queue behind a rule."""
    return listen(stage, group)
