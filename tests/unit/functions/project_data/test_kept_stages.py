"""Which updates of a project's stages are refused, before any role changes."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations, product
from typing import Any

import pytest

from cloudformation_response.properties import PropertyError
from cloudformation_response.stages import EARLIER_STAGES, parse_places
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.stage_record import StageRecord, UnderWay
from project_data.errors import DataError
from project_data.handler import handle_request
from project_data.kept_stages import (
    Change,
    StageMovedError,
    StageServesError,
    StagesUnknownError,
    Witnesses,
    check_stages,
)
from tests.unit.functions.invocation_fakes import (
    FakeContext,
    World,
    client_error,
    custom_resource_event,
)

GROUP = "rings-p-x"
PROJECT, STACK_ID = "p-0123456789ab", "arn:aws:cloudformation:eu-west-1:1:stack/SC-1-pp-x/1"


class FakeCloudFormation:
    """Knows stacks by name or id, with the status of each."""

    def __init__(self, **statuses: str) -> None:
        self.statuses = {STACK_ID: "UPDATE_IN_PROGRESS"}
        self.statuses |= {f"mlops-{PROJECT}-{name}": told for name, told in statuses.items()}
        self.asked: list[str] = []
        self.fails_for = ""

    def describe_stacks(self, StackName: str) -> Mapping[str, Any]:  # noqa: N803 # boto3's
        """Answer as CloudFormation does."""
        self.asked.append(StackName)
        if self.fails_for and self.fails_for in StackName:
            raise client_error("DescribeStacks", "AccessDenied", "no right")
        if StackName not in self.statuses:
            words = f"Stack with id {StackName} does not exist"
            raise client_error("DescribeStacks", "ValidationError", words)
        return {"Stacks": [{"StackName": StackName, "StackStatus": self.statuses[StackName]}]}


class FakeTable:
    """The item with a project's stages, as the dispatch function writes it."""

    def __init__(self, **records: StageRecord) -> None:
        self.item: dict[str, Any] = {}
        self.fails = False
        for name, record in records.items():
            Ledger(self, "approvals").change_stage(GROUP, name, lambda _, new=record: new)

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Answer as DynamoDB does."""
        if self.fails:
            raise client_error("GetItem", "AccessDenied", "no right")
        assert request["TableName"] == "approvals"
        is_it = request["Key"] == {"ClaimId": {"S": f"stages {GROUP}"}}
        return {"Item": self.item} if is_it and self.item else {}

    def put_item(self, **request: Any) -> None:
        """Keep the item."""
        self.item = request["Item"]


def check(
    aws: FakeCloudFormation, before: str, wanted: str, table: FakeTable | None = None
) -> DataError | None:
    """What an update of `Stages` is refused with, if it is."""
    places = [tuple(listed.split(",")) for listed in (before, wanted)]
    told = Witnesses(aws, table or FakeTable(), "approvals")
    try:
        check_stages(Change(PROJECT, GROUP, STACK_ID, *places), told)
    except DataError as error:
        return error
    return None


_PLACES = [",".join(places) for places in permutations(("dev", "qa", "live", "", ""), 3)]


@pytest.mark.parametrize("serving", ["", "dev", "live"])
@pytest.mark.parametrize("rolls_back", [False, True])
def test_a_stage_keeps_its_place_and_goes_after_its_endpoint(
    serving: str, *, rolls_back: bool
) -> None:
    for before, wanted in product(set(_PLACES), repeat=2):
        aws = FakeCloudFormation(**({serving: "UPDATE_COMPLETE"} if serving else {}))
        if rolls_back:
            aws.statuses[STACK_ID] = "UPDATE_ROLLBACK_IN_PROGRESS"
        old, new = before.split(","), wanted.split(",")
        moves = any(name and name in new and new.index(name) != old.index(name) for name in old)
        strands = bool(serving) and serving in old and serving not in new
        error = check(aws, before, wanted)
        if rolls_back or not (moves or strands):
            assert error is None, (before, wanted, error)
        else:
            assert type(error) is (StageMovedError if moves else StageServesError), (before, wanted)


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED"]
)
def test_what_is_not_gone_yet_needs_its_role(status: str) -> None:
    assert isinstance(check(FakeCloudFormation(live=status), "qa,live", "qa"), StageServesError)


def test_what_is_gone_needs_none() -> None:
    assert check(FakeCloudFormation(live="DELETE_COMPLETE"), "qa,live", "qa") is None


_ORDER = Order(DEPLOY, "live", "arn:1")


@pytest.mark.parametrize(
    ("record", "is_refused"),
    [
        (StageRecord(serves="arn:1"), True),
        (StageRecord(under_way=UnderWay(_ORDER, "started", "event-1", 1, 1)), True),
        (StageRecord(), False),
    ],
)
def test_of_a_stage_in_an_account_of_its_own_the_ledger_tells(
    record: StageRecord, *, is_refused: bool
) -> None:
    table = FakeTable(live=record, qa=StageRecord(serves="arn:1"))
    error = check(FakeCloudFormation(), "qa,live", "qa", table)
    assert isinstance(error, StageServesError) is is_refused
    assert error is None or "(as its last run told)" in str(error)


def test_what_only_adds_stages_asks_nothing() -> None:
    aws = FakeCloudFormation(live="CREATE_COMPLETE")
    assert check(aws, "qa,live", "qa,live,more") is None
    assert aws.asked == []


@pytest.mark.parametrize("fails_for", [STACK_ID, "-live", "ledger"])
def test_nothing_goes_when_aws_does_not_tell(fails_for: str) -> None:
    aws, table = FakeCloudFormation(), FakeTable()
    aws.fails_for, table.fails = fails_for, fails_for == "ledger"
    assert isinstance(check(aws, "qa,live", "qa", table), StagesUnknownError)


def update(
    world: World, old: Mapping[str, Any], new: Mapping[str, Any], *statuses: tuple[str, str]
) -> dict[str, Any]:
    """Send an update to the resource on which all roles depend."""
    data = {
        "BucketName": "mlops-x",
        "KeyId": "1",
        "ModelPackageGroupName": "rings-p-x",
        "PipelineName": "rings-p-x",
        "OnDelete": "keep",
    }
    event = custom_resource_event(
        "Update",
        "Custom::ProjectData",
        {**data, **new},
        PhysicalResourceId="project-data:mlops-x",
        OldResourceProperties={**data, **old},
    )
    for name, status in statuses:
        stack = {"StackName": "x", "CreationTime": 0, "StackStatus": status}
        asked = event["StackId"] if name == "project" else f"mlops-{PROJECT}-{name}"
        world.stub("cloudformation").add_response(
            "describe_stacks", {"Stacks": [stack]}, {"StackName": asked}
        )
    handle_request(
        event, FakeContext(300), replace(world.tools(), environment={"APPROVAL_TABLE": "approvals"})
    )
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


OF_PROJECT = {"ProjectId": PROJECT}


def test_a_project_from_before_the_parameter_had_three_stages(world: World) -> None:
    stages = {**OF_PROJECT, "Stages": ",".join(EARLIER_STAGES)}
    assert update(world, {}, stages)["Status"] == "SUCCESS"
    assert world.stubs == {}
    answer = update(
        world,
        {},
        {**OF_PROJECT, "Stages": "dev,staging"},
        ("project", "UPDATE_IN_PROGRESS"),
        ("prod", "UPDATE_COMPLETE"),
    )
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        f"Stages no longer has prod, whose endpoint is still there (stack mlops-{PROJECT}-prod); "
        "run the workflow Remove endpoint of the deploy repository for prod, take it out of "
        "config/stages.yml there, and update the project again."
    )


def test_an_older_version_of_the_template_takes_no_serving_stage_away(world: World) -> None:
    answer = update(
        world,
        {**OF_PROJECT, "Stages": "dev,live"},
        {},
        ("project", "UPDATE_IN_PROGRESS"),
        ("live", "UPDATE_COMPLETE"),
    )
    assert answer["Reason"].startswith("Stages no longer has live, whose endpoint is still there")


@pytest.mark.parametrize("stages", ["", ",", "dev,dev", "Dev", "dev,pre-prod", "1"])
def test_what_is_no_list_of_stages_is_refused(stages: str) -> None:
    with pytest.raises(PropertyError, match=r"^The property Stages "):
        parse_places({"Stages": stages})
