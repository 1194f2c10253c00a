"""What runs where, from the registry and from the endpoints, against stubbed clients."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from deploy_endpoint.commands.status import told
from deploy_endpoint.errors import AwsCallError
from deploy_endpoint.model.registered_version import Version, find_version, read_versions
from deploy_endpoint.model.stage_status import Note, status_of

from ..conftest import ARN, GROUP, PROD_ELSEWHERE, Stub, run_command
from ..registered import ANA, at, version

TIME = datetime(2026, 11, 1, tzinfo=UTC)
CONFIG = "EndpointConfig-1"


def test_the_table_reads_well_as_text() -> None:
    versions = [
        version(8, prod_last=f"{at(12)} rolled_back"),
        version(
            7,
            "Rejected",
            approved_by=ANA,
            approved_by_prod="github:bob",
            commit="0123456789" * 4,
            dev_healthy=at(10),
            dev_last=f"{at(10)} deployed",
            prod_healthy=at(11),
            prod_last=f"{at(11)} deployed",
        ),
    ]
    stages = [status_of(name, versions) for name in ("dev", "staging", "prod")]
    assert told(stages).splitlines() == [
        "| stage   | version     | since                | approved by     | commit  "
        "| last run               |",
        "| ------- | ----------- | -------------------- | --------------- | ------- "
        "| ---------------------- |",
        "| dev     | 7, Rejected | 2026-11-01 10:30 UTC | ana@example.com | 0123456 "
        "| deployed               |",
        "| staging | -           | -                    | -               | -       "
        "| -                      |",
        "| prod    | 7, Rejected | 2026-11-01 11:30 UTC | github:bob      | 0123456 "
        "| rolled_back, version 8 |",
    ]


def test_what_is_to_be_said_stands_below_the_table() -> None:
    stage = replace(
        status_of("dev", []),
        attention="It is unknown what dev serves; look there.",
        notes=(Note(version="8", status="Cancelled", sentence="ana cancelled it."),),
        not_seen="it lies in account 222233334444.",
    )
    assert told([stage]).split("\n\n")[1:] == [
        "dev needs attention: It is unknown what dev serves; look there.",
        "dev, version 8, Cancelled: ana cancelled it.",
        "dev is as the registry shows it, not as seen there: it lies in account 222233334444.",
    ]


def add_versions(stubber: Stubber, *versions: Version) -> None:
    """Let a client of SageMaker know these versions, in this order."""
    query = {"ModelPackageGroupName": GROUP, "SortBy": "CreationTime", "SortOrder": "Descending"}
    summaries = [
        {"ModelPackageArn": v.arn, "ModelPackageStatus": "Completed", "CreationTime": TIME}
        for v in versions
    ]
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": summaries}, query)
    for found in versions:
        add_version(stubber, found)


def add_version(stubber: Stubber, found: Version) -> None:
    answer = {
        "ModelPackageName": "name",
        "ModelPackageArn": found.arn,
        "CreationTime": TIME,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": found.approval,
        "CustomerMetadataProperties": dict(found.metadata),
    }
    if found.stage:
        answer["ModelLifeCycle"] = {
            "Stage": found.stage,
            "StageStatus": found.stage_status,
            "StageDescription": found.stage_description,
        }
    stubber.add_response("describe_model_package", answer, {"ModelPackageName": found.arn})


def add_deletion(stubber: Stubber, arn: str) -> None:
    said = f"ModelPackage {arn} does not exist."
    wanted = {"ModelPackageName": arn}
    stubber.add_client_error(
        "describe_model_package", "ValidationException", said, expected_params=wanted
    )


def test_every_version_is_described(stub: Stub) -> None:
    life = {"stage": "dev", "stage_status": "Deployed", "stage_description": "By ana."}
    versions = [version(8, "Rejected"), replace(version(7, dev_healthy=at(10)), **life)]
    client, stubber = stub("sagemaker")
    add_versions(stubber, *versions)
    assert list(read_versions(client, GROUP, 100)) == versions


def test_a_version_that_is_deleted_while_it_is_read_is_left_out(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    summaries = [{"ModelPackageArn": ARN, "ModelPackageStatus": "Completed", "CreationTime": TIME}]
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": summaries})
    add_deletion(stubber, ARN)
    assert list(read_versions(client, GROUP, 100)) == []


def test_a_refused_call_is_one_sentence(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    stubber.add_client_error("list_model_packages", "AccessDeniedException", "No.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to read the versions of {GROUP}: Acc"):
        list(read_versions(client, GROUP, 100))
    stubber.add_client_error("describe_model_package", "ThrottlingException", "Not now.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to describe model package {ARN}: Thr"):
        find_version(client, ARN)


Aws = dict[str, Stubber]


@pytest.fixture
def aws(repository: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Stubbed clients in place of the command's."""
    clients = {service: stub(service) for service in ("sagemaker", "cloudformation")}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service][0])
    return {service: stubber for service, (_, stubber) in clients.items()}


def add_absence(aws: Aws, stage: str, *, is_listed: bool = False) -> None:
    """Let a stage have no stack; if it is listed, its endpoint is asked as well."""
    name = f"mlops-p-abcdef123456-{stage}"
    aws["cloudformation"].add_client_error(
        "describe_stacks",
        "ValidationError",
        f"Stack with id {name} does not exist",
        expected_params={"StackName": name},
    )
    if is_listed:
        said = f'Could not find endpoint "Abalone-{stage}".'
        aws["sagemaker"].add_client_error("describe_endpoint", "ValidationException", said)


def add_live(
    aws: Aws, stage: str, arn: str, *, config: str = CONFIG, tags: dict[str, str] | None = None
) -> None:
    """Let a stage serve a version, or what its stack does not name."""
    stack = {
        "StackName": f"mlops-p-abcdef123456-{stage}",
        "CreationTime": TIME,
        "StackStatus": "UPDATE_COMPLETE",
        "Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()],
        "Outputs": [
            {"OutputKey": "EndpointConfigName", "OutputValue": CONFIG},
            {"OutputKey": "ModelPackageArn", "OutputValue": arn},
        ],
    }
    asked = {"StackName": stack["StackName"]}
    aws["cloudformation"].add_response("describe_stacks", {"Stacks": [stack]}, asked)
    endpoint = {
        "EndpointName": f"Abalone-{stage}",
        "EndpointArn": f"arn:aws:sagemaker:eu-west-1:111122223333:endpoint/abalone-{stage}",
        "EndpointConfigName": config,
        "EndpointStatus": "InService",
        "CreationTime": TIME,
        "LastModifiedTime": TIME,
    }
    asked = {"EndpointName": f"Abalone-{stage}"}
    aws["sagemaker"].add_response("describe_endpoint", endpoint, asked)


Status = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def status(aws: Aws, capsys: pytest.CaptureFixture[str]) -> Status:
    """Runs the command; returns what it writes for programs."""

    def run() -> list[dict[str, Any]]:
        run_command("status", "--json")
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return found

    return run


def test_the_command_prints_the_stages_of_the_settings_and_others_that_serve(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    add_versions(
        aws["sagemaker"],
        version(7, prod_healthy=at(11), staging_healthy=at(9), staging_removed=at(10)),
    )
    add_absence(aws, "dev", is_listed=True)
    add_absence(aws, "staging")
    add_live(aws, "prod", ARN)
    run_command("status")
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split("|")[1:3] for row in rows] == [
        [" dev   ", " -       "],
        [" prod  ", " 7       "],
    ]


def test_the_command_writes_json_for_programs(aws: Aws, status: Status) -> None:
    last = f"{at(10)} deployed"
    add_versions(aws["sagemaker"], version(7, dev_healthy=at(10), dev_last=last))
    add_live(aws, "dev", ARN)
    add_absence(aws, "staging")
    add_absence(aws, "prod")
    (dev,) = status()
    assert (dev["stage"], dev["model_package_arn"], dev["since"]) == ("dev", ARN, at(10))
    assert dev["last_run"] == {"version": "7", "at": at(10), "outcome": "deployed"}
    assert (dev["attention"], dev["notes"], dev["not_seen"]) == ("", [], "")


@pytest.mark.parametrize("is_tagged", [True, False])
@pytest.mark.parametrize("others", [[], [version(6, dev_healthy=at(8))]], ids=["alone", "older"])
def test_a_stage_whose_version_was_deleted_serves_it_still(
    aws: Aws, status: Status, others: list[Version], *, is_tagged: bool
) -> None:
    add_versions(aws["sagemaker"], *others)
    arn = ARN if is_tagged else ARN.replace("/7", "/8")
    tags = {"mlops:model-package-arn": arn, "mlops:commit": "c" * 40, "mlops:approved-by": "ana"}
    add_live(aws, "dev", ARN, tags=tags)
    add_absence(aws, "staging")
    add_absence(aws, "prod")
    add_deletion(aws["sagemaker"], ARN)
    (dev,) = status()
    assert (dev["model_package_arn"], dev["version"], dev["approval"]) == (ARN, "7", "deleted")
    assert dev["attention"] == (
        f"dev serves {ARN}, which is deleted from the registry; deploy another version, or remove "
        "the endpoint."
    )
    known = ("c" * 40, "ana") if is_tagged else ("", "")
    assert (dev["commit"], dev["approved_by"], dev["since"]) == (*known, "")


def test_a_version_that_is_older_than_those_that_are_listed_is_asked_for(
    aws: Aws, status: Status
) -> None:
    add_versions(aws["sagemaker"])
    add_live(aws, "dev", ARN)
    add_absence(aws, "staging")
    add_absence(aws, "prod")
    add_version(aws["sagemaker"], version(7, "Rejected", dev_healthy=at(10)))
    (dev,) = status()
    assert (dev["version"], dev["approval"], dev["since"]) == ("7", "Rejected", at(10))


def test_an_endpoint_that_somebody_removed_serves_nothing(aws: Aws, status: Status) -> None:
    add_versions(aws["sagemaker"], version(7, dev_healthy=at(10)))
    add_absence(aws, "dev", is_listed=True)
    add_absence(aws, "staging")
    add_absence(aws, "prod")
    (dev,) = status()
    assert (dev["version"], dev["not_seen"]) == ("", "")


@pytest.mark.parametrize("why", ["refused", "changed"])
def test_where_an_endpoint_does_not_tell_the_registry_does(
    aws: Aws, status: Status, why: str
) -> None:
    add_versions(aws["sagemaker"], version(7, dev_healthy=at(10)))
    if why == "refused":
        aws["cloudformation"].add_client_error("describe_stacks", "AccessDenied", "No.")
    else:
        add_live(aws, "dev", ARN, config="made by hand")
    add_absence(aws, "staging")
    add_absence(aws, "prod")
    (dev,) = status()
    assert dev["version"] == "7"
    assert (
        dev["not_seen"]
        == {
            "refused": "AWS refused to describe stack mlops-p-abcdef123456-dev: AccessDenied, No.",
            "changed": "its endpoint changes just now, or somebody changed it by hand.",
        }[why]
    )


def test_a_stage_in_another_account_is_as_the_registry_shows_it(
    repository: Path, aws: Aws, status: Status
) -> None:
    with (repository / "config/stages.yml").open("a") as file:
        file.write(PROD_ELSEWHERE)
    add_versions(aws["sagemaker"], version(7, prod_healthy=at(10)))
    add_absence(aws, "dev", is_listed=True)
    add_absence(aws, "staging")
    _, prod = status()
    assert (prod["version"], prod["not_seen"]) == ("7", "it lies in account 222233334444.")
