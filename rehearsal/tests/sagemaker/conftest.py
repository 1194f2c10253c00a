"""One local AWS, and one trained model, for all tests here."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from rehearsal.tests.sagemaker.packages import Events, listen
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws, training_arguments

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SageMakerAws]:
    state = tmp_path_factory.mktemp("sagemaker") / "state"
    server = SageMakerAws(state, options=("--seconds-per-minute", "1")).start()
    yield server.prepare()
    assert server.stop() == 0


@pytest.fixture(scope="session")
def model_data_url(aws: SageMakerAws) -> str:
    """Artifacts of a model that was really trained."""
    name = "trained-for-tests"
    aws.sagemaker.create_training_job(TrainingJobName=name, **training_arguments(aws.role_arn))
    job = aws.finished_job("Training", name)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    return str(job["ModelArtifacts"]["S3ModelArtifacts"])


@pytest.fixture
def group(aws: SageMakerAws) -> str:
    """Name of a new group, beside an artifact to register."""
    name = f"group-{next(_numbers)}"
    aws.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    aws.put("artifacts/model.tar.gz", b"model")
    return name


@pytest.fixture
def package_events(aws: SageMakerAws, group: str) -> Events:
    """Reads the next events about the group's packages from a queue behind a rule."""
    return listen(aws, group)
