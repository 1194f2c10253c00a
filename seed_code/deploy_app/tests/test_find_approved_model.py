"""Against a client that botocore's Stubber checks with the service model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from conftest import ARN, GROUP
from deploy_endpoint import find_approved_model
from deploy_endpoint.errors import AwsCallError, ModelPackageError
from deploy_endpoint.find_approved_model import confirm_approved, newest_approved

QUERY = {
    "ModelPackageGroupName": GROUP,
    "ModelApprovalStatus": "Approved",
    "SortBy": "CreationTime",
    "SortOrder": "Descending",
}
TIME = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def sagemaker() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "sagemaker",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def summary(version: int) -> dict[str, Any]:
    return {
        "ModelPackageArn": ARN.replace("/7", f"/{version}"),
        "ModelPackageStatus": "Completed",
        "CreationTime": TIME,
    }


def described(status: str) -> dict[str, Any]:
    return {
        "ModelPackageName": "name",
        "ModelPackageArn": ARN,
        "CreationTime": TIME,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": status,
    }


def test_the_newest_comes_first(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    answer = {"ModelPackageSummaryList": [summary(9), summary(8)]}
    stubber.add_response("list_model_packages", answer, QUERY)
    assert newest_approved(client, GROUP).endswith("/9")


def test_an_empty_page_is_not_the_end(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    empty = {"ModelPackageSummaryList": [], "NextToken": "t"}
    stubber.add_response("list_model_packages", empty, QUERY)
    stubber.add_response(
        "list_model_packages",
        {"ModelPackageSummaryList": [summary(3)]},
        {**QUERY, "NextToken": "t"},
    )
    assert newest_approved(client, GROUP).endswith("/3")


def test_none_approved_is_refused(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": []}, QUERY)
    with pytest.raises(ModelPackageError, match=f"No version of model package group {GROUP} is ap"):
        newest_approved(client, GROUP)


def test_an_approved_version_is_confirmed(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    stubber.add_response("describe_model_package", described("Approved"), {"ModelPackageName": ARN})
    assert confirm_approved(client, ARN) == ARN


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_another_status_is_refused(sagemaker: tuple[Any, Stubber], status: str) -> None:
    client, stubber = sagemaker
    stubber.add_response("describe_model_package", described(status), {"ModelPackageName": ARN})
    with pytest.raises(ModelPackageError, match=f"/7 is {status}, not Approved; approve it"):
        confirm_approved(client, ARN)


def test_a_refused_call_is_one_sentence(sagemaker: tuple[Any, Stubber]) -> None:
    client, stubber = sagemaker
    stubber.add_client_error("describe_model_package", "ValidationException", "It does not exist.")
    with pytest.raises(AwsCallError) as error:
        confirm_approved(client, ARN)
    assert str(error.value) == (
        f"AWS refused to describe model package {ARN}: ValidationException, It does not exist."
    )


@pytest.mark.usefixtures("repository")
def test_the_command_prints_the_arn(
    sagemaker: tuple[Any, Stubber],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client, stubber = sagemaker
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": [summary(7)]}, QUERY)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    find_approved_model.main([])
    assert capsys.readouterr().out == f"{ARN}\n"


@pytest.mark.usefixtures("repository")
def test_the_command_refuses_a_malformed_arn_before_any_call() -> None:
    with pytest.raises(SystemExit, match=r"^error: 'arn:foo' is not the ARN"):
        find_approved_model.main(["--model-package-arn", "arn:foo"])
