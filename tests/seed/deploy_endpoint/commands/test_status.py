"""What runs where, from the metadata of the versions."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy_endpoint.commands.status import (
    LastRun,
    StageStatus,
    Version,
    read_versions,
    status_of,
    table,
)
from deploy_endpoint.errors import AwsCallError

from ..conftest import ARN, GROUP, Stub, run_command

TIME = datetime(2026, 11, 1, tzinfo=UTC)
ANA = "arn:aws:sts::111122223333:assumed-role/Reviewer/ana@example.com"


def at(hour: int) -> str:
    return f"2026-11-01T{hour:02}:30:00.000Z"


def version(number: int, approval: str = "Approved", **metadata: str) -> Version:
    """A version; keys of metadata are written with dashes."""
    told = {key.replace("_", "-"): value for key, value in metadata.items()}
    return Version(arn=ARN.replace("/7", f"/{number}"), approval=approval, metadata=told)


def test_the_version_that_was_healthy_last_serves() -> None:
    versions = [version(9), version(8, dev_healthy=at(9)), version(7, dev_healthy=at(10))]
    assert status_of("dev", versions).version == "7"


@pytest.mark.parametrize(("removed", "serving"), [(at(9), "7"), (at(11), "")])
def test_what_was_taken_out_serves_until_it_is_healthy_again(removed: str, serving: str) -> None:
    versions = [version(7, dev_healthy=at(10), dev_removed=removed), version(6, dev_healthy=at(8))]
    assert status_of("dev", versions).version == serving


def test_other_stages_do_not_count() -> None:
    versions = [version(7, dev_healthy=at(10), dev_last=f"{at(10)} deployed")]
    assert status_of("prod", versions) == StageStatus(stage="prod")


def test_everything_that_the_registry_knows_is_told() -> None:
    served = version(
        7,
        dev_healthy=at(10),
        dev_last=f"{at(10)} deployed",
        approved_by=ANA,
        commit="c" * 40,
        data_sha256="d" * 64,
        pipeline_execution="arn:execution",
    )
    assert status_of("dev", [served]) == StageStatus(
        stage="dev",
        model_package_arn=ARN,
        version="7",
        approval="Approved",
        since=at(10),
        approved_by=ANA,
        commit="c" * 40,
        data_sha256="d" * 64,
        pipeline_execution="arn:execution",
        last_run=LastRun(version="7", at=at(10), outcome="deployed"),
    )


def test_whoever_opened_the_stage_goes_before_the_models_approver() -> None:
    served = version(7, approved_by="ana", approved_by_prod="bob", prod_healthy=at(1))
    assert status_of("prod", [served]).approved_by == "bob"


def test_the_last_run_may_be_another_versions() -> None:
    versions = [
        version(8, dev_last=f"{at(11)} rolled_back"),
        version(7, dev_healthy=at(10), dev_last=f"{at(10)} deployed"),
    ]
    found = status_of("dev", versions)
    assert found.version == "7"
    assert found.last_run == LastRun(version="8", at=at(11), outcome="rolled_back")


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
    assert table(stages).splitlines() == [
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


def add_versions(stub: Stub, *versions: Version) -> Any:
    """A client that knows these versions, in this order."""
    client, stubber = stub("sagemaker")
    query = {"ModelPackageGroupName": GROUP, "SortBy": "CreationTime", "SortOrder": "Descending"}
    summaries = [
        {"ModelPackageArn": v.arn, "ModelPackageStatus": "Completed", "CreationTime": TIME}
        for v in versions
    ]
    stubber.add_response("list_model_packages", {"ModelPackageSummaryList": summaries}, query)
    for found in versions:
        answer = {
            "ModelPackageName": "name",
            "ModelPackageArn": found.arn,
            "CreationTime": TIME,
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelApprovalStatus": found.approval,
            "CustomerMetadataProperties": dict(found.metadata),
        }
        stubber.add_response("describe_model_package", answer, {"ModelPackageName": found.arn})
    return client


def test_every_version_is_described(stub: Stub) -> None:
    versions = [version(8, "Rejected"), version(7, dev_healthy=at(10))]
    assert list(read_versions(add_versions(stub, *versions), GROUP)) == versions


def test_a_refused_call_is_one_sentence(stub: Stub) -> None:
    client, stubber = stub("sagemaker")
    stubber.add_client_error("list_model_packages", "AccessDeniedException", "No.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to read the versions of {GROUP}: Acc"):
        list(read_versions(client, GROUP))


@pytest.mark.usefixtures("repository")
def test_the_command_prints_the_stages_of_the_settings_and_others_that_serve(
    stub: Stub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = version(7, prod_healthy=at(11), staging_healthy=at(9), staging_removed=at(10))
    client = add_versions(stub, served)
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    run_command("status")
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split("|")[1:3] for row in rows] == [
        [" dev   ", " -       "],
        [" prod  ", " 7       "],
    ]


def test_the_command_writes_json_for_programs(
    repository: Path,
    stub: Stub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = add_versions(stub, version(7, dev_healthy=at(10), dev_last=f"{at(10)} deployed"))
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    run_command("status", "--json")
    (dev,) = json.loads(capsys.readouterr().out)
    assert (dev["stage"], dev["model_package_arn"], dev["since"]) == ("dev", ARN, at(10))
    assert dev["last_run"] == {"version": "7", "at": at(10), "outcome": "deployed"}
