"""The whole of `run-pipeline` with the SageMaker SDK, against services that only take notes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ml_pipelines import run_pipeline
from ml_pipelines.clients import Clients

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/demo"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PROJECT_ENV = """AWS_REGION=eu-west-1
PROJECT_NAME=demo
PROJECT_ID=p-abcdefghijkl
EXECUTION_ROLE_ARN=arn:aws:iam::111122223333:role/execution
READER_ROLE_ARN=arn:aws:iam::111122223333:role/reader
ARTIFACT_BUCKET=mlops-sm-project-p-abcdefghijkl
KMS_KEY_ARN=arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000
MODEL_PACKAGE_GROUP_NAME=demo-p-abcdefghijkl
PIPELINE_NAME=demo-p-abcdefghijkl
APPROVAL_TABLE=mlops-sm-project-approvals
"""
LIVE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo-p-abcdefghijkl/2"
FOLDER = "s3://mlops-sm-project-p-abcdefghijkl/demo-p-abcdefghijkl/execution/package/"


class Services:
    """S3, SageMaker and DynamoDB in one; knows no pipeline yet, and one live version."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def put_object(self, **request: Any) -> None:
        self.calls.append(("put_object", request))

    def describe_pipeline(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFound"}}, "DescribePipeline")

    def get_item(self, **request: Any) -> dict[str, Any]:
        assert request["TableName"] == "mlops-sm-project-approvals"
        assert request["Key"] == {"ClaimId": {"S": "live demo-p-abcdefghijkl"}}
        return {"Item": {"Live": {"S": LIVE}}}

    def describe_model_package(self, **request: Any) -> dict[str, Any]:
        assert request == {"ModelPackageName": LIVE}
        container = {"ModelDataUrl": f"{FOLDER}model.tar.gz"}
        return {"InferenceSpecification": {"Containers": [container]}}

    def create_pipeline(self, **request: Any) -> dict[str, str]:
        self.calls.append(("create_pipeline", request))
        return {"PipelineArn": ARN}

    def update_pipeline(self, **request: Any) -> dict[str, Any]:
        self.calls.append(("update_pipeline", request))
        return {"PipelineArn": ARN, "PipelineVersionId": 2}

    def start_pipeline_execution(self, **request: Any) -> dict[str, str]:
        self.calls.append(("start_pipeline_execution", request))
        return {"PipelineExecutionArn": f"{ARN}/execution/abcdefghijkl"}


def test_code_goes_up_before_the_pipeline_that_names_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("GITHUB_SHA", COMMIT)
    (tmp_path / "project.env").write_text(PROJECT_ENV)
    services = Services()
    code = run_pipeline.main(
        ["--project-file", str(tmp_path / "project.env")],
        connect=lambda _: Clients(services, services, services),
    )
    assert code == 0
    assert f"execution: {ARN}/execution/abcdefghijkl" in capsys.readouterr().out
    *puts, create, update, start = services.calls
    assert {name for name, _ in puts} == {"put_object"}
    names = (create[0], update[0], start[0])
    assert names == ("create_pipeline", "update_pipeline", "start_pipeline_execution")
    uploaded = {f"s3://{put['Bucket']}/{put['Key']}" for _, put in puts}
    definition = json.loads(create[1]["PipelineDefinition"])
    for step, script in ((0, "preprocess.py"), (2, "evaluate.py")):
        inputs = definition["Steps"][step]["Arguments"]["ProcessingInputs"]
        (folder,) = (item["S3Input"]["S3Uri"] for item in inputs if item["InputName"] == "code")
        assert f"{folder}/{script}" in uploaded
    started = start[1]
    assert started["PipelineVersionId"] == 2
    assert started["PipelineExecutionDescription"] == f"Commit {COMMIT}"
    given = {item["Name"]: item["Value"] for item in started["PipelineParameters"]}
    assert given == {
        "CommitId": COMMIT,
        "LiveModelPackageArn": LIVE,
        "LiveModelUrl": FOLDER,
    }
