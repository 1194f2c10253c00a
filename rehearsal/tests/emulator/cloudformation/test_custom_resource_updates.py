"""Updates of custom resources, and what is taken back when they fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.tests.emulator.cloudformation.noting_provider import (
    events,
    notes,
    provider,
    update,
)
from rehearsal.tests.emulator.functions import custom_resource
from rehearsal.tests.emulator.local_aws import LocalAws

_NAMED = "    answer(event, PhysicalResourceId='id-' + event['ResourceProperties']['Name'])\n"


def test_a_replaced_resource_is_deleted_in_the_cleanup(aws: LocalAws) -> None:
    provided = provider(_NAMED)
    aws.stack("replaced", {**provided, "Thing": custom_resource(Name="old")})
    status = update(aws, "replaced", {**provided, "Thing": custom_resource(Name="new")})
    assert status == "UPDATE_COMPLETE"
    assert notes(aws, "replaced")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-old old UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    told = events(aws, "replaced")
    assert ("Thing", "DELETE_COMPLETE", "") in told
    assert [status for name, status, _ in told if name == "replaced"][-3:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


@pytest.fixture(scope="module")
def taken_role(aws: LocalAws) -> dict[str, Any]:
    """A role that cannot be made, since its name is taken; it comes after `Thing`."""
    document = {"Statement": []}
    aws.client("iam").create_role(
        RoleName="taken-by-another", AssumeRolePolicyDocument=json.dumps(document)
    )
    properties = {"RoleName": "taken-by-another", "AssumeRolePolicyDocument": document}
    return {"Type": "AWS::IAM::Role", "Properties": properties, "DependsOn": "Thing"}


def test_an_update_that_fails_later_takes_a_replacement_back(
    aws: LocalAws, taken_role: dict[str, Any]
) -> None:
    provided = provider(_NAMED)
    aws.stack("taken-back", {**provided, "Thing": custom_resource(Name="old")})
    resources = {**provided, "Thing": custom_resource(Name="new"), "Last": taken_role}
    assert update(aws, "taken-back", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert notes(aws, "taken-back")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-new new UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    assert aws.delete_stack("taken-back") == "DELETE_COMPLETE"
    assert notes(aws, "taken-back")[-1] == "Delete Thing id-old old DELETE_IN_PROGRESS"


def test_an_update_that_fails_later_sends_a_change_back(
    aws: LocalAws, taken_role: dict[str, Any]
) -> None:
    provided = provider("    answer(event)\n")
    aws.stack("sent-back", {**provided, "Thing": custom_resource(Name="old")})
    resources = {**provided, "Thing": custom_resource(Name="new"), "Last": taken_role}
    assert update(aws, "sent-back", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert notes(aws, "sent-back")[1:] == [
        "Update Thing thing new UPDATE_IN_PROGRESS",
        "Update Thing thing old UPDATE_ROLLBACK_IN_PROGRESS",
    ]


def test_a_replacement_that_fails_is_deleted_and_the_old_one_is_left_alone(aws: LocalAws) -> None:
    provided = provider(
        "    name = event['ResourceProperties']['Name']\n"
        "    failed = event['RequestType'] == 'Update' and name == 'new'\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', PhysicalResourceId='id-' + name,"
        " Reason='no luck')\n"
    )
    aws.stack("unlucky", {**provided, "Thing": custom_resource(Name="old")})
    status = update(aws, "unlucky", {**provided, "Thing": custom_resource(Name="new")})
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert notes(aws, "unlucky")[1:] == [
        "Update Thing id-old new UPDATE_IN_PROGRESS",
        "Delete Thing id-new new UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]
    assert aws.delete_stack("unlucky") == "DELETE_COMPLETE"
    assert notes(aws, "unlucky")[-1] == "Delete Thing id-old old DELETE_IN_PROGRESS"


def test_a_new_resource_that_fails_in_an_update_is_deleted_in_its_rollback(aws: LocalAws) -> None:
    provided = provider(
        "    failed = event['RequestType'] == 'Create' and 'More' in event['LogicalResourceId']\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='no luck',"
        " PhysicalResourceId=event['LogicalResourceId'])\n"
    )
    thing = custom_resource()
    aws.stack("one-more", {**provided, "Thing": thing})
    more = {**provided, "Thing": thing, "More": {**custom_resource(), "DependsOn": "Thing"}}
    assert update(aws, "one-more", more) == "UPDATE_ROLLBACK_COMPLETE"
    assert notes(aws, "one-more")[1:] == [
        "Create More - - UPDATE_IN_PROGRESS",
        "Delete More More - UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ]


def test_what_is_new_stays_until_a_stuck_rollback_is_continued(aws: LocalAws) -> None:
    provided = provider(
        "    kind, name = event['RequestType'], event['ResourceProperties']['Name']\n"
        "    mended = ssm.get_parameters(Names=['/mended'])['Parameters']\n"
        "    stuck = kind == 'Update' and name == 'old' and not mended\n"
        "    failed = stuck or (kind == 'Create' and name == 'refused')\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='as the test wants')\n"
    )

    def resources(name: str) -> dict[str, Any]:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"stuck-{name}"}}
        return {**provided, "Thing": custom_resource(Name=name), "Topic": topic}

    def topics() -> set[str]:
        found = aws.client("sns").list_topics()["Topics"]
        names = {topic["TopicArn"].rpartition(":")[2] for topic in found}
        return {name for name in names if name.startswith("stuck-")}

    aws.stack("stuck-back", resources("old"))
    refused = {**custom_resource(Name="refused"), "DependsOn": ["Thing", "Topic"]}
    assert update(aws, "stuck-back", {**resources("new"), "Refused": refused}) == (
        "UPDATE_ROLLBACK_FAILED"
    )
    assert topics() == {"stuck-old", "stuck-new"}
    aws.client("ssm").put_parameter(Name="/mended", Value="yes", Type="String")
    aws.client("cloudformation").continue_update_rollback(StackName="stuck-back")
    assert aws.settled("stuck-back")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert topics() == {"stuck-old"}
