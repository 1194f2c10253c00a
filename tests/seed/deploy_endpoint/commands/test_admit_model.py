"""Against clients that botocore's Stubber checks with the service models."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deploy_endpoint.commands import admit_model
from deploy_endpoint.commands.admit_model import (
    check_gate,
    describe_approved,
    facts,
    newest_approved,
)
from deploy_endpoint.errors import AwsCallError, ModelPackageError
from deploy_endpoint.model.approved_model import Decisions
from deploy_endpoint.model.evaluation_report import EvaluationReport
from deploy_endpoint.settings.serving_settings import Serverless
from deploy_endpoint.settings.stage import StageSettings

from ..conftest import (
    ARN,
    DATA_SHA256,
    GROUP,
    Stub,
    add_decisions,
    add_object,
    evaluation,
    run_command,
)

QUERY = {
    "ModelPackageGroupName": GROUP,
    "ModelApprovalStatus": "Approved",
    "SortBy": "CreationTime",
    "SortOrder": "Descending",
}
TIME = datetime(2026, 11, 1, tzinfo=UTC)
BUCKET = "s3://mlops-sm-project-p-abcdef123456"
MODEL = b"a model"
MODEL_SHA256 = hashlib.sha256(MODEL).hexdigest()
EXECUTION = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/abalone/execution/abcdefghijkl"
REPORT = EvaluationReport.model_validate(evaluation(MODEL_SHA256))


def stage(name: str, approval: str) -> StageSettings:
    serving = Serverless(mode="serverless")
    return StageSettings.model_validate({"name": name, "approval": approval, "serving": serving})


def summary(version: int) -> dict[str, Any]:
    return {
        "ModelPackageArn": ARN.replace("/7", f"/{version}"),
        "ModelPackageStatus": "Completed",
        "CreationTime": TIME,
    }


def package(status: str = "Approved", **metadata: str) -> dict[str, Any]:
    """A version as the registry describes it; keys of metadata are written with dashes."""
    return {
        "ModelPackageName": "name",
        "ModelPackageArn": ARN,
        "CreationTime": TIME,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": status,
        "ModelMetrics": {
            "ModelQuality": {
                "Statistics": {
                    "ContentType": "application/json",
                    "S3Uri": f"{BUCKET}/evaluation.json",
                }
            }
        },
        "InferenceSpecification": {
            "Containers": [{"Image": "image", "ModelDataUrl": f"{BUCKET}/model.tar.gz"}]
        },
        "CustomerMetadataProperties": {k.replace("_", "-"): v for k, v in metadata.items()},
    }


def described(stubber: Stubber, answer: dict[str, Any]) -> None:
    stubber.add_response("describe_model_package", answer, {"ModelPackageName": ARN})


def test_the_newest_comes_first(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    answer = {"ModelPackageSummaryList": [summary(9), summary(8)]}
    stubber.add_response("list_model_packages", answer, QUERY)
    assert newest_approved(client, GROUP).endswith("/9")


def test_an_empty_page_is_not_the_end(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    for answer, query in (
        ({"ModelPackageSummaryList": [], "NextToken": "t"}, QUERY),
        ({"ModelPackageSummaryList": [summary(3)]}, {**QUERY, "NextToken": "t"}),
    ):
        stubber.add_response("list_model_packages", answer, query)
    assert newest_approved(client, GROUP).endswith("/3")


def test_none_approved_is_refused(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": []}, QUERY)
    with pytest.raises(ModelPackageError, match=f"No version of model package group {GROUP} is ap"):
        newest_approved(client, GROUP)


def test_an_approved_version_is_described(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    described(stubber, package(commit="c"))
    assert describe_approved(client, ARN)["CustomerMetadataProperties"] == {"commit": "c"}


@pytest.mark.parametrize("status", ["Rejected", "PendingManualApproval"])
def test_another_status_is_refused(stub: Stub, status: str) -> None:
    client, stubber = stub("sagemaker")
    described(stubber, package(status))
    with pytest.raises(ModelPackageError, match=f"/7 is {status}, not Approved; approve it"):
        describe_approved(client, ARN)


def test_a_refused_call_is_one_sentence(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    stubber.add_client_error("describe_model_package", "ThrottlingException", "Not now.")
    with pytest.raises(AwsCallError) as error:
        describe_approved(client, ARN)
    assert str(error.value) == (
        f"AWS refused to describe model package {ARN}: ThrottlingException, Not now."
    )


def test_a_deleted_version_is_named(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    said = f"ModelPackage {ARN} does not exist."
    stubber.add_client_error("describe_model_package", "ValidationException", said)
    with pytest.raises(ModelPackageError) as error:
        describe_approved(client, ARN)
    assert str(error.value) == (
        f"{ARN} is not in the model registry, since it was deleted or never registered; give an "
        "approved version."
    )


def decided(**opened_by: str) -> Decisions:
    """Of a version that ana approved, and others opened stages for."""
    return Decisions("ana", opened_by, "")


@pytest.mark.parametrize("opened_by", [{}, {"staging": "bob"}, {"prod": "ana"}], ids=str)
def test_a_stage_that_nobody_else_opened_in_the_registry_stays_shut(
    opened_by: dict[str, str],
) -> None:
    with pytest.raises(ModelPackageError) as error:
        check_gate(ARN, decided(**opened_by), stage("prod", "registry"), "github:bob")
    assert str(error.value) == (
        f"{ARN} is not approved for prod; somebody else than its approver must set its stage prod "
        "to Approved in the model registry."
    )


def test_an_environment_that_github_knows_no_reviewer_of_stays_shut() -> None:
    with pytest.raises(ModelPackageError) as error:
        check_gate(ARN, decided(prod="bob"), stage("prod", "environment"), "")
    assert str(error.value) == (
        f"GitHub names nobody who let this run into the environment prod, whose reviewers must "
        f"approve {ARN}; give the environment reviewers, and run the workflow Deploy model again."
    )


@pytest.mark.parametrize(
    ("approval", "opened_by", "reviewers"),
    [
        ("registry", {"prod": "bob"}, ""),
        ("environment", {}, "github:bob"),
        ("automatic", {}, ""),
    ],
)
def test_another_gate_or_an_opened_one_lets_in(
    approval: str, opened_by: dict[str, str], reviewers: str
) -> None:
    check_gate(ARN, decided(**opened_by), stage("prod", approval), reviewers)


def told(by: str = "", **metadata: str) -> dict[str, str]:
    """The facts of a deployment that somebody approved."""
    return facts(package(**metadata), REPORT, by)


def test_everything_that_is_known_becomes_an_input_of_the_synthesis() -> None:
    assert told("ana", commit="c" * 40, pipeline_execution=EXECUTION) == {
        "MODEL_PACKAGE_ARN": ARN,
        "PROVENANCE_MODEL_SHA256": MODEL_SHA256,
        "PROVENANCE_DATA_SHA256": DATA_SHA256,
        "PROVENANCE_COMMIT": "c" * 40,
        "PROVENANCE_PIPELINE_EXECUTION": EXECUTION,
        "PROVENANCE_APPROVED_BY": "ana",
    }


@pytest.mark.parametrize("metadata", [{}, {"commit": "unknown"}])
def test_an_unknown_commit_is_left_out(metadata: dict[str, str]) -> None:
    assert told(**metadata)["PROVENANCE_COMMIT"] == ""


def test_every_value_is_one_line_whatever_the_registry_says() -> None:
    values = told("ana\nGITHUB_TOKEN=x", pipeline_execution=f"{EXECUTION}\r\nPATH=/tmp")
    assert values["PROVENANCE_APPROVED_BY"] == "ana GITHUB_TOKEN=x"
    assert not [value for value in values.values() if set(value) & set("\r\n")]


@pytest.fixture
def outputs(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = repository / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    return file


@pytest.fixture
def aws(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> dict[str, Stubber]:
    """Stubbed clients in place of the command's."""
    clients = {service: stub(service) for service in ("sagemaker", "s3", "dynamodb")}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service][0])
    return {service: stubber for service, (_, stubber) in clients.items()}


def admissible(
    aws: dict[str, Stubber], opened_by: dict[str, str] | None = None, **metadata: str
) -> None:
    """An approved version, which ana was seen to approve."""
    described(aws["sagemaker"], package(**metadata))
    add_decisions(aws["dynamodb"], {"ApprovedBy": {"S": "ana"}}, opened_by or {})


@pytest.mark.usefixtures("repository")
def test_a_version_that_was_registered_as_approved_is_not_admitted(aws: dict[str, Stubber]) -> None:
    forged = {"approved_by": "eve", **{f"approved_by_{name}": "eve" for name in ("dev", "prod")}}
    described(aws["sagemaker"], package(**forged))
    add_decisions(aws["dynamodb"], {}, {})
    with pytest.raises(SystemExit, match=f"^error: Nobody is known to have approved {ARN}; take"):
        run_command("admit_model", "--model-package-arn", ARN)


def test_the_command_prints_the_facts_and_keeps_the_report(
    repository: Path, aws: dict[str, Stubber], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"ModelPackageSummaryList": [summary(7)]}
    aws["sagemaker"].add_response("list_model_packages", answer, QUERY)
    admissible(aws, approved_by="eve")
    add_object(aws["s3"], f"{BUCKET}/evaluation.json", evaluation(MODEL_SHA256))
    add_object(aws["s3"], f"{BUCKET}/model.tar.gz", MODEL)
    run_command("admit_model")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"MODEL_PACKAGE_ARN={ARN}"
    assert lines[-1] == "PROVENANCE_APPROVED_BY=ana"
    assert DATA_SHA256 in (repository / "evaluation.json").read_text()


@pytest.mark.parametrize(
    ("opened_by", "reviewers", "name"),
    [
        ({"dev": "eve", "prod": "eva"}, "github:bob", "eve"),
        ({"prod": "eva"}, "github:bob", "github:bob"),
        ({"prod": "eva"}, "", "ana"),
        ({}, "", "ana"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_whoever_decided_last_is_named_whatever_somebody_typed(
    aws: dict[str, Stubber],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    opened_by: dict[str, str],
    reviewers: str,
    name: str,
) -> None:
    admissible(aws, opened_by)
    add_object(aws["s3"], f"{BUCKET}/evaluation.json", evaluation(MODEL_SHA256))
    add_object(aws["s3"], f"{BUCKET}/model.tar.gz", MODEL)
    monkeypatch.setattr(admit_model, "approvers", lambda _: reviewers)
    monkeypatch.setenv("APPROVED_BY", "tom")
    monkeypatch.setenv("MODEL_PACKAGE_ARN", ARN)
    run_command("admit_model")
    assert capsys.readouterr().out.splitlines()[-1] == f"PROVENANCE_APPROVED_BY={name}"


def test_the_command_admits_no_changed_artifact_and_hands_the_reason_on(
    outputs: Path, aws: dict[str, Stubber]
) -> None:
    admissible(aws)
    add_object(aws["s3"], f"{BUCKET}/evaluation.json", evaluation(MODEL_SHA256))
    add_object(aws["s3"], f"{BUCKET}/model.tar.gz", b"another model")
    with pytest.raises(SystemExit, match="is not the artifact that was evaluated"):
        run_command("admit_model", "--model-package-arn", ARN)
    assert outputs.read_text().startswith(f"reason={BUCKET}/model.tar.gz is not the artifact")


@pytest.mark.usefixtures("repository")
def test_the_command_refuses_a_malformed_arn_before_any_call() -> None:
    with pytest.raises(SystemExit, match=r"^error: 'arn:foo' is not the ARN"):
        run_command("admit_model", "--model-package-arn", "arn:foo")
