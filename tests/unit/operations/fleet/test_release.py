"""One project's update: parameters keep their values, and what is under way is awaited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from operations.errors import ReleaseFailedError
from operations.fleet.catalog import Launched, Version
from operations.fleet.release import Parameters, Release

VERSION = Version("pa-2abcdefghijkl", "2.0", datetime(2026, 11, 1, tzinfo=UTC), active=True)
STACK = "arn:aws:cloudformation:eu-west-1:111122223333:stack/SC-1/1"
DENIED = "User is not authorized"


def _client(service: str) -> Any:
    return boto3.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _project(status: str = "AVAILABLE") -> Launched:
    return Launched("a", "p-a", "prod-1", "pp-1", "pa-1", status, "", "rec-old", STACK)


class Account:
    """Clients whose answers a test gives in advance."""

    def __init__(self) -> None:
        self.catalog, self.cloudformation = _client("servicecatalog"), _client("cloudformation")
        self.stub, self.stacks = Stubber(self.catalog), Stubber(self.cloudformation)
        self.pauses: list[float] = []
        self.release = Release(
            self.catalog,
            self.cloudformation,
            lambda project: project,
            lambda: "token",
            self.pauses.append,
        )

    def compare(self, known: list[str], taken: list[str]) -> None:
        parameters = [{"ParameterKey": name, "ParameterValue": "x"} for name in known]
        stack = {
            "StackName": "SC-1",
            "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
            "StackStatus": "CREATE_COMPLETE",
            "Parameters": parameters,
        }
        self.stacks.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": STACK})
        told = {"ProvisioningArtifactParameters": [{"ParameterKey": name} for name in taken]}
        self.stub.add_response("describe_provisioning_artifact", told, ANY_REQUEST)

    def expect_update(self, kept: list[str], **given: str) -> None:
        request = {
            "ProvisionedProductId": "pp-1",
            "ProductId": "prod-1",
            "ProvisioningArtifactId": VERSION.id,
            "ProvisioningParameters": [
                *({"Key": name, "UsePreviousValue": True} for name in kept),
                *({"Key": name, "Value": value} for name, value in given.items()),
            ],
            "UpdateToken": "token",
        }
        record = {"RecordDetail": {"RecordId": "rec-new"}}
        self.stub.add_response("update_provisioned_product", record, request)

    def record(self, id_: str, status: str, why: str = "", version: str = VERSION.id) -> None:
        errors = [{"Code": "ResourceFailure", "Description": why}] if why else []
        detail = {"Status": status, "RecordErrors": errors, "ProvisioningArtifactId": version}
        self.stub.add_response("describe_record", {"RecordDetail": detail}, {"Id": id_})

    def run(self, project: Launched) -> None:
        with self.stub, self.stacks:
            self.release.update(project, VERSION)
        self.stub.assert_no_pending_responses()


ANY_REQUEST = {
    "ProductId": "prod-1",
    "ProvisioningArtifactId": ANY,
    "IncludeProvisioningArtifactParameters": True,
}


def test_parameters_of_both_keep_their_values() -> None:
    account = Account()
    account.compare(["Gone", "Owner", "Token"], ["Added", "Token", "Owner"])
    account.expect_update(["Owner", "Token"])
    account.record("rec-new", "IN_PROGRESS")
    account.record("rec-new", "SUCCEEDED")
    account.run(_project())
    assert len(account.pauses) == 1


def test_a_project_from_before_there_was_a_choice_of_keys_keeps_its_own() -> None:
    account = Account()
    account.compare(["Owner"], ["EncryptionKey", "Owner"])
    account.expect_update(["Owner"], EncryptionKey="own")
    account.record("rec-new", "SUCCEEDED")
    account.run(_project())
    # Once it has the parameter, that keeps its value.
    account.compare(["EncryptionKey", "Owner"], ["EncryptionKey", "Owner"])
    account.expect_update(["EncryptionKey", "Owner"])
    account.record("rec-new", "SUCCEEDED")
    account.run(_project())


def test_what_keeps_a_project_as_it_is_gets_no_default() -> None:
    parameters = Parameters(frozenset({"Gone"}), frozenset({"Added", "EncryptionKey"}))
    assert parameters.added == ["Added"]
    assert parameters.keeping == {"EncryptionKey": "own"}


def test_a_failure_tells_its_reason() -> None:
    account = Account()
    account.compare([], [])
    account.expect_update([])
    account.record("rec-new", "FAILED", DENIED)
    with pytest.raises(ReleaseFailedError, match=DENIED):
        account.run(_project())


def test_an_update_that_another_start_began_is_awaited_and_not_repeated() -> None:
    account = Account()
    account.record("rec-old", "IN_PROGRESS_IN_ERROR")
    account.record("rec-old", "SUCCEEDED")
    account.run(_project("UNDER_CHANGE"))


@pytest.mark.parametrize(("status", "why"), [("FAILED", DENIED), ("SUCCEEDED", "")])
def test_after_another_change_the_project_is_brought_on(status: str, why: str) -> None:
    account = Account()
    account.record("rec-old", status, why, version="pa-1")
    account.compare([], [])
    account.expect_update([])
    account.record("rec-new", "SUCCEEDED")
    account.run(_project("UNDER_CHANGE"))


def test_what_never_ends_is_given_up() -> None:
    class Catalog:
        def describe_record(self, **_: str) -> dict[str, Any]:
            return {"RecordDetail": {"Status": "IN_PROGRESS"}}

    pauses: list[float] = []
    release = Release(Catalog(), None, lambda project: project, lambda: "token", pauses.append)
    with pytest.raises(ReleaseFailedError, match="within two hours"):
        release.update(_project("UNDER_CHANGE"), VERSION)
    assert 3600 <= sum(pauses) <= 3 * 3600
