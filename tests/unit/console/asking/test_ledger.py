"""What is read of the ledger is what the dispatch function wrote, in one request."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from console.asking.gaps import PageGaps
from console.asking.ledger import Decided, read_approvers, read_ledger, version_ledger_question
from deploy_dispatch import stage_record
from deploy_dispatch.ledger import Decisions
from deploy_dispatch.order import Order
from tests.unit.console.made_up_project import ARN, GROUP, PROJECT, MadeUpProject

ABOUT = f"{ARN.replace(GROUP.lower(), GROUP)}/3"
_texts = st.sampled_from(["", "2026-11-01T10:20:30.000Z", "deployed"])
_arns = st.integers(1, 4).map(lambda number: f"{ARN}/{number}")
_presences = st.builds(
    stage_record.Presence,
    **dict.fromkeys(("healthy", "untested", "removed", "ended", "outcome", "run"), _texts),
    tried=st.integers(-1, 3),
)
_orders = st.builds(
    Order,
    kind=st.sampled_from(["deploy", "restore", "remove", "look"]),
    stage=st.just("dev"),
    arn=_arns | st.just(""),
    instead_of=_arns | st.just(""),
)
_under_way = st.builds(
    stage_record.UnderWay,
    order=_orders,
    state=st.just("started"),
    claimed_by=st.just("event"),
    claimed_at=st.just(1),
    since=st.just(1),
)
_records = st.builds(
    stage_record.StageRecord,
    versions=st.dictionaries(_arns, _presences, max_size=3),
    serves=_arns | st.just(""),
    is_unknown=st.booleans(),
    is_looked_in_vain=st.booleans(),
    under_way=st.none() | _under_way,
    way_back=st.just("") | _arns.map(lambda arn: f"{arn} 1"),
)


def _known(record: stage_record.StageRecord) -> dict[str, Any]:
    names = ("healthy", "untested", "removed", "ended", "outcome", "run", "tried")
    way = record.under_way
    return {
        "versions": {
            arn: {name: getattr(one, name) for name in names}
            for arn, one in record.versions.items()
        },
        "serves": record.serves,
        "is_unknown": record.is_unknown,
        "is_looked_in_vain": record.is_looked_in_vain,
        "under_way": way
        and {"kind": way.order.kind, "arn": way.order.arn, "instead_of": way.order.instead_of},
        "way_back": record.way_back,
    }


@pytest.fixture(scope="module")
def project() -> MadeUpProject:
    """One for all examples, which empty its ledger."""
    return MadeUpProject()


@given(records=st.dictionaries(st.sampled_from(["dev", "prod"]), _records))
def test_each_stage_is_read_as_it_was_written(
    project: MadeUpProject, records: dict[str, stage_record.StageRecord]
) -> None:
    project.items.clear()
    project.account.asked.clear()
    project.write(records)
    stages = read_ledger(project.account, PROJECT, ABOUT).stages
    # A record that says nothing is not written.
    written = {name: one for name, one in records.items() if one != stage_record.StageRecord()}
    assert {name: asdict(one) for name, one in stages.items()} == {
        name: _known(one) for name, one in written.items()
    }
    assert len(project.account.asked_of("BatchGetItem")) == 1


def test_decisions_are_read_as_they_were_written_however_the_group_is_spelt() -> None:
    project = MadeUpProject()
    decisions = Decisions(
        f"{ARN}/3", is_approved=True, approved_by="anna", number=2, gate="prod",
        opened_by={"prod": "bert"},
    )  # fmt: skip
    project.write({}, decisions)
    assert read_ledger(project.account, PROJECT, ABOUT).decided == Decided(
        "anna", 2, "prod", {"prod": "bert"}
    )
    assert read_approvers(project.account, [ABOUT, f"{ARN}/4"]) == {f"{ARN}/3": "anna"}


def test_what_an_earlier_function_wrote_is_read_too() -> None:
    project = MadeUpProject()
    item = {
        "ClaimId": f"stages {GROUP}",
        "Stages": {"dev": {f"{ARN}/2": {"healthy": "2026-11-01", "ended": "2026-11-01"}}},
    }
    put = TypeSerializer()
    written = {name: put.serialize(value) for name, value in item.items()}
    project.items[f"stages {GROUP}"] = written
    record = read_ledger(project.account, PROJECT, ABOUT).stages["dev"]
    assert record.serves == f"{ARN}/2"
    assert record.of(f"{ARN}/2").tried == 0


def test_a_project_that_never_deployed_has_an_open_and_empty_ledger() -> None:
    gaps = PageGaps()
    look = version_ledger_question(MadeUpProject().account, PROJECT, 3).ask(gaps)
    assert look.ledger is not None
    assert look.ledger.stages == {}
    assert gaps.lines == []


def test_nobody_is_asked_for_where_there_is_no_version() -> None:
    project = MadeUpProject()
    assert read_approvers(project.account, []) == {}
    assert project.account.asked == []
