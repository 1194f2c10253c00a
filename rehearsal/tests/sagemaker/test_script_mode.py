"""Scripts of XGBoost's and of scikit-learn's image, in isolation, from a job to an endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.aws.sagemaker.network_isolation import without_network
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    IMAGE,
    INSTANCE,
    SageMakerAws,
    archive,
    training_arguments,
)

SCIKIT_LEARN = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
INSTALLABLE = {"PIP_NO_BUILD_ISOLATION": "0"}
TRAIN = """
import argparse, os, pathlib, socket
parser = argparse.ArgumentParser()
parser.add_argument("--call", type=int)
options = parser.parse_args()
if options.call:
    socket.create_connection(("127.0.0.1", options.call), timeout=5)
rows = [p.read_text() for p in pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]).rglob("*.csv")]
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text(str(len(rows[0].split())))
code = pathlib.Path(os.environ["SM_MODEL_DIR"], "code")
code.mkdir()
(code / "inference.py").write_text('''
import pathlib
def model_fn(folder):
    return pathlib.Path(folder, "model.txt").read_text()
def transform_fn(model, content, content_type, accept):
    return model, accept
''')
"""


def _train(aws: SageMakerAws, name: str, image: str, **hyperparameters: str) -> dict[str, Any]:
    """A finished job of the classic form: its code is an archive in a channel of its own."""
    aws.put(f"code/{name}/sourcedir.tar.gz", archive(**{"train.py": TRAIN}))
    arguments = training_arguments(aws.role_arn)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/code/{name}"}
    channel = {"ChannelName": "code", "DataSource": {"S3DataSource": source}}
    aws.sagemaker.create_training_job(
        TrainingJobName=name,
        **{
            **arguments,
            "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
            "HyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": "/opt/ml/input/data/code/sourcedir.tar.gz",
                **hyperparameters,
            },
            "InputDataConfig": [*arguments["InputDataConfig"], channel],
            "EnableNetworkIsolation": True,
            "Environment": INSTALLABLE,
        },
    )
    return aws.finished_job("Training", name)


@pytest.fixture(params=[("xgboost", IMAGE), ("scikit-learn", SCIKIT_LEARN)], ids=lambda p: p[0])
def named_image(request: pytest.FixtureRequest) -> tuple[str, str]:
    name, image = request.param
    return name, image


@pytest.fixture
def endpoint(aws: SageMakerAws, named_image: tuple[str, str]) -> Iterator[str]:
    """An endpoint in isolation that serves what a script has made."""
    name, image = named_image
    job = _train(aws, f"script-{name}", image)
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    aws.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=aws.role_arn,
        EnableNetworkIsolation=True,
        PrimaryContainer={
            "Image": image,
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
                "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
                **INSTALLABLE,
            },
        },
    )
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InitialInstanceCount": 1}
    variant["InstanceType"] = INSTANCE["InstanceType"]
    aws.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    shown = aws.settled_endpoint(name)
    assert shown["EndpointStatus"] == "InService", shown
    yield name
    aws.sagemaker.delete_endpoint(EndpointName=name)


def test_what_a_script_trains_is_served(aws: SageMakerAws, endpoint: str) -> None:
    assert aws.predict(endpoint, "1,2") == "200"


def test_a_script_that_calls_out_is_refused_by_isolation(
    aws: SageMakerAws, named_image: tuple[str, str]
) -> None:
    name, image = named_image
    job = _train(aws, f"calls-out-{name}", image, call=str(aws.port))
    if not without_network():
        assert job["TrainingJobStatus"] == "Completed"
        return
    assert job["TrainingJobStatus"] == "Failed"
    assert f"train --call {aws.port}" in job["FailureReason"].replace("train.py", "train")
    log = aws.client("logs").filter_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"calls-out-{name}/"
    )
    assert "ConnectionRefusedError" in " ".join(event["message"] for event in log["events"])


def test_another_version_of_an_image_is_refused_with_those_there_are(aws: SageMakerAws) -> None:
    job = _train(aws, "older", SCIKIT_LEARN.replace("1.9-0", "1.2-1"))
    assert job["FailureReason"].endswith(
        "no local environment for it; it has sagemaker-xgboost:3.2-0, sagemaker-scikit-learn:1.9-0."
    )
