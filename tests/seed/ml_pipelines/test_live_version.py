"""What `run-pipeline` finds out about the live version, by the services' own models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from ml_pipelines.clients import Clients
from ml_pipelines.live_version import LiveVersionError, live_parameters
from ml_pipelines.settings import read_project

from .test_run_pipeline import PROJECT_ENV

LIVE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo/2"
TABLE = "mlops-sm-project-approvals"
ASKED = {"TableName": TABLE, "Key": {"ClaimId": {"S": "live demo"}}, "ConsistentRead": True}
NONE = {"LiveModelPackageArn": "none"}


@contextmanager
def services() -> Iterator[tuple[Clients, Stubber, Stubber]]:
    clients = [
        boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for service in ("sagemaker", "dynamodb")
    ]
    with Stubber(clients[0]) as sagemaker, Stubber(clients[1]) as dynamodb:
        yield Clients(clients[0], None, clients[1]), sagemaker, dynamodb
        sagemaker.assert_no_pending_responses()


@pytest.fixture
def project(tmp_path: Path) -> Any:
    file = tmp_path / "project.env"
    file.write_text(PROJECT_ENV)
    return read_project(file, {})


def package(url: str) -> dict[str, Any]:
    containers = [{"Image": "image", "ModelDataUrl": url}] if url else []
    specification = {"Containers": containers}
    return {
        "ModelPackageName": "demo",
        "ModelPackageArn": LIVE,
        "CreationTime": 0,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        **({"InferenceSpecification": specification} if url else {}),
    }


@pytest.mark.parametrize("item", [{}, {"Item": {"Live": {"S": ""}}}])
def test_where_no_stage_serves_none_is_live(item: dict[str, Any], project: Any) -> None:
    with services() as (clients, _, dynamodb):
        dynamodb.add_response("get_item", item, ASKED)
        assert live_parameters(clients, project) == NONE


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("s3://bucket/demo/run/package/model.tar.gz", "s3://bucket/demo/run/package/"),
        ("s3://other/demo/run/package/model.tar.gz", None),
        ("", None),
    ],
)
def test_the_live_version_and_its_folder_are_told(
    url: str, expected: str | None, project: Any
) -> None:
    """A folder that the job may not read is left out, and the job says that there is no archive."""
    with services() as (clients, sagemaker, dynamodb):
        dynamodb.add_response("get_item", {"Item": {"Live": {"S": LIVE}}}, ASKED)
        sagemaker.add_response("describe_model_package", package(url), {"ModelPackageName": LIVE})
        found = live_parameters(clients, project)
    folder = {"LiveModelUrl": expected} if expected else {}
    assert found == {"LiveModelPackageArn": LIVE, **folder}


def test_a_version_that_was_deleted_is_not_live(project: Any) -> None:
    with services() as (clients, sagemaker, dynamodb):
        dynamodb.add_response("get_item", {"Item": {"Live": {"S": LIVE}}}, ASKED)
        sagemaker.add_client_error(
            "describe_model_package", "ValidationException", "ModelPackage x does not exist."
        )
        assert live_parameters(clients, project) == NONE


@pytest.mark.parametrize("is_asked_of", ["get_item", "describe_model_package"])
def test_a_role_that_may_not_look_is_told_what_to_do(is_asked_of: str, project: Any) -> None:
    said = "is not authorized to perform"
    with services() as (clients, sagemaker, dynamodb):
        if is_asked_of == "get_item":
            dynamodb.add_client_error(is_asked_of, "AccessDeniedException", said)
        else:
            dynamodb.add_response("get_item", {"Item": {"Live": {"S": LIVE}}}, ASKED)
            sagemaker.add_client_error(is_asked_of, "AccessDeniedException", said)
        with pytest.raises(LiveVersionError, match=said) as refused:
            live_parameters(clients, project)
    assert "update the project's stack, or start without a comparison: --parameters" in str(
        refused.value
    )
