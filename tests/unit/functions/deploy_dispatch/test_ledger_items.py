"""The items of the ledger as they lie in the table, which outlives every version of the function.

A name that is written otherwise tomorrow makes all that is known today unknown.
"""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.stage_record import STARTED, Presence, StageRecord, UnderWay
from tests.unit.functions.fake_aws import FakeAws

GROUP = "Rings-p-abcdefghijkl"
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}/7"
KEY = f"version arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP.lower()}/7"

DECISIONS = Decisions(
    arn=ARN,
    is_approved=True,
    approved_by="anna",
    number=3,
    gate="prod",
    opened_by={"staging": "bert"},
    digests={"model-sha256": "a" * 64},
    is_clean=False,
    is_asked_again=True,
    revision=4,
)
DECIDED = {
    "ClaimId": KEY,
    "IsApproved": True,
    "ApprovedBy": "anna",
    "Number": 3,
    "Gate": "prod",
    "OpenedBy": {"staging": "bert"},
    "Digests": {"model-sha256": "a" * 64},
    "IsClean": False,
    "IsAskedAgain": True,
    "Revision": 4,
}
PRESENCE = Presence("10", "20", "30", "40", "deployed", 3, "50", "https://run", "c" * 40)
SERVED = {
    "healthy": "10",
    "untested": "20",
    "removed": "30",
    "ended": "40",
    "outcome": "deployed",
    "tried": 3,
    "place": "50",
    "run": "https://run",
    "configuration": "c" * 40,
}
ORDER = Order(DEPLOY, "dev", ARN, "arn:old", 3)
UNDER_WAY = UnderWay(ORDER, STARTED, "event-1", claimed_at=2, since=1, after=9)
RECORD = StageRecord(
    versions={ARN: PRESENCE},
    serves=ARN,
    is_unknown=True,
    is_looked_in_vain=True,
    under_way=UNDER_WAY,
    way_back="arn:old 2",
    last_run="60",
    known_at="70",
    last_ordered=8,
    trouble="look",
    attention="look at it",
)
RECORDED = {
    "serves": ARN,
    "is_unknown": True,
    "is_looked_in_vain": True,
    "under_way": {
        "order": {
            "kind": "deploy",
            "stage": "dev",
            "arn": ARN,
            "instead_of": "arn:old",
            "decision": 3,
        },
        "state": "started",
        "claimed_by": "event-1",
        "claimed_at": 2,
        "since": 1,
        "after": 9,
    },
    "way_back": "arn:old 2",
    "last_run": "60",
    "known_at": "70",
    "last_ordered": 8,
    "trouble": "look",
    "attention": "look at it",
}
STAGES = {
    "ClaimId": f"stages {GROUP}",
    "Stages": {"dev": {ARN: SERVED}},
    "Records": {"dev": RECORDED},
    "Revision": 5,
}


def _ledger(aws: FakeAws) -> Ledger:
    return Ledger(aws.client("dynamodb"), "approvals")


def _item(aws: FakeAws, key: str) -> dict[str, Any]:
    read = TypeDeserializer()
    return {name: read.deserialize(value) for name, value in aws.items[key].items()}


def _table(*items: dict[str, Any]) -> FakeAws:
    put = TypeSerializer()
    kept = {
        item["ClaimId"]: {name: put.serialize(value) for name, value in item.items()}
        for item in items
    }
    return FakeAws(items=kept)


def _without(item: Any, *left: str) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in left}


def test_what_was_decided_is_read_from_the_item_as_it_lies_there() -> None:
    assert _ledger(_table(DECIDED)).decisions(ARN) == DECISIONS


def test_what_was_decided_is_written_as_it_lies_there() -> None:
    aws = _table({"ClaimId": KEY, "Revision": 3})
    known = Decisions(ARN, revision=3)
    assert _ledger(aws).change_decisions(known, lambda _: DECISIONS) == DECISIONS
    assert _item(aws, KEY) == DECIDED


@pytest.mark.parametrize("items", [(), ({"ClaimId": KEY},)])
def test_without_an_item_nothing_is_known_and_nothing_approved(
    items: tuple[dict[str, Any], ...],
) -> None:
    known = _ledger(_table(*items)).decisions(ARN)
    assert known == Decisions(ARN)
    assert vars(known) == {
        "arn": ARN,
        "is_approved": False,
        "approved_by": "",
        "number": 0,
        "gate": "",
        "opened_by": {},
        "digests": {},
        "is_clean": True,
        "is_asked_again": False,
        "revision": 0,
    }


def test_a_first_decision_is_the_first_revision() -> None:
    aws = _table()
    first = Decisions(ARN, is_approved=True)
    written = _ledger(aws).change_decisions(Decisions(ARN), lambda _: first)
    assert written.revision == 1
    assert _ledger(aws).decisions(ARN) == written


def test_a_project_is_read_from_the_item_as_it_lies_there() -> None:
    assert _ledger(_table(STAGES)).project(GROUP) == ProjectRecord({"dev": RECORD}, 5)


def test_a_project_is_written_as_it_lies_there() -> None:
    aws = _table({"ClaimId": f"stages {GROUP}", "Revision": 4})
    assert _ledger(aws).change_stage(GROUP, "dev", lambda _: RECORD) == (StageRecord(), RECORD)
    assert _item(aws, f"stages {GROUP}") == STAGES


def test_a_change_of_one_stage_leaves_the_others() -> None:
    aws = _table(STAGES)
    _ledger(aws).change_stage(GROUP, "prod", lambda _: StageRecord(serves="arn:other"))
    known = _ledger(aws).project(GROUP)
    assert known == ProjectRecord({"dev": RECORD, "prod": StageRecord(serves="arn:other")}, 6)


def test_a_project_without_an_item_is_unknown() -> None:
    known = _ledger(_table()).project(GROUP)
    assert known == ProjectRecord({}, 0)
    assert known.of("dev") == StageRecord()
    assert known.is_at_rest()


@pytest.mark.parametrize("member", ["last_ordered", "known_at", "attention", "trouble"])
def test_a_stage_is_read_from_an_item_that_tells_less(member: str) -> None:
    """Written by a version of the function that did not know it yet."""
    told = STAGES | {"Records": {"dev": _without(RECORDED, member)}}
    read = _ledger(_table(told)).project(GROUP).of("dev")
    assert getattr(read, member) == getattr(StageRecord(), member)
    assert read.serves == ARN


def test_an_order_is_read_from_an_item_that_does_not_tell_what_was_there_before() -> None:
    told = RECORDED | {"under_way": _without(RECORDED["under_way"], "after")}
    read = _ledger(_table(STAGES | {"Records": {"dev": told}})).project(GROUP).of("dev")
    assert read.under_way == UnderWay(ORDER, STARTED, "event-1", 2, 1, 0)


@pytest.mark.parametrize(("left", "tried"), [(("tried",), 0), (("tried", "ended"), -1)])
def test_a_version_that_ran_was_tried_if_its_item_does_not_say_when(
    left: tuple[str, ...], tried: int
) -> None:
    told = STAGES | {"Stages": {"dev": {ARN: _without(SERVED, *left)}}}
    assert _ledger(_table(told)).project(GROUP).of("dev").of(ARN).tried == tried


@pytest.mark.parametrize(
    ("versions", "serves"),
    [
        ({}, ""),
        ({"a": {"healthy": "1"}}, "a"),
        ({"a": {"healthy": "2"}, "b": {"healthy": "1"}}, "a"),
        ({"a": {"healthy": "1"}, "b": {"untested": "2"}}, "b"),
        ({"a": {"healthy": "1", "removed": "2"}}, ""),
        ({"a": {"healthy": "3", "removed": "2"}}, "a"),
        ({"a": {"ended": "1"}}, ""),
    ],
)
def test_what_a_stage_serves_is_told_by_items_that_do_not_say_it(
    versions: dict[str, Any], serves: str
) -> None:
    told = _without(STAGES | {"Stages": {"dev": versions}}, "Records")
    assert _ledger(_table(told)).project(GROUP).of("dev").serves == serves


@pytest.mark.parametrize(
    ("record", "is_at_rest"),
    [
        (StageRecord(), True),
        (StageRecord(serves=ARN, trouble="look"), True),
        (StageRecord(under_way=UNDER_WAY), False),
        (StageRecord(is_unknown=True), False),
    ],
)
def test_a_project_rests_where_nothing_is_under_way_or_unknown(
    record: StageRecord, is_at_rest: bool
) -> None:
    stages = {"dev": StageRecord(), "prod": record}
    assert ProjectRecord(stages).is_at_rest() == is_at_rest


def test_the_busy_projects_are_one_set() -> None:
    aws = _table()
    ledger = _ledger(aws)
    assert ledger.busy() == []
    for group in ("b", "a", "b"):
        ledger.mark_busy(group)
    assert ledger.busy() == ["a", "b"]
    assert set(_item(aws, "under way")["Groups"]) == {"a", "b"}
    ledger.mark_at_rest("b")
    ledger.mark_at_rest("c")
    assert ledger.busy() == ["a"]


def test_builds_read_what_is_live_from_an_item_of_their_own() -> None:
    aws = _table()
    _ledger(aws).tell_live_version(GROUP, ARN, 3)
    _ledger(aws).tell_live_version(GROUP, "arn:older", 3)
    _ledger(aws).tell_live_version(GROUP, "arn:older", 2)
    assert _item(aws, f"live {GROUP}") == {
        "ClaimId": f"live {GROUP}",
        "Live": ARN,
        "Revision": 3,
    }
    _ledger(aws).tell_live_version(GROUP, "", 4)
    assert _item(aws, f"live {GROUP}")["Live"] == ""


def test_what_two_write_at_once_is_written_by_one_on_top_of_the_other() -> None:
    aws = _table(DECIDED)
    stale = Decisions(ARN, revision=3)
    seen: list[Decisions] = []

    def note(known: Decisions) -> Decisions:
        seen.append(known)
        return Decisions(ARN, number=known.number + 1, revision=known.revision)

    written = _ledger(aws).change_decisions(stale, note)
    assert seen == [stale, DECISIONS]
    assert (written.number, written.revision) == (4, 5)
