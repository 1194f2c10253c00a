"""The rules hold for whatever is known, and not only for what plays lead to."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy_dispatch.decide import (
    AskAgain,
    AskGate,
    Attend,
    CallOff,
    Resume,
    Start,
    VersionState,
    View,
    decide,
    version_number,
)
from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.stage_record import (
    DEPLOYED,
    FAILED,
    OUTCOMES,
    STARTED,
    STARTING,
    Presence,
    StageRecord,
    UnderWay,
    way_back_from,
)

NAMES = ("dev", "staging", "prod")
ARNS = tuple(f"arn:aws:sagemaker:eu-west-1:1:model-package/g/{number}" for number in range(1, 5))
PEOPLE = ("", "anna", "bert")
MOMENTS = ("", *(f"2026-11-01T12:00:0{second}.000Z" for second in range(6)))

_presences = st.builds(
    Presence,
    healthy=st.sampled_from(MOMENTS),
    untested=st.sampled_from(MOMENTS),
    ended=st.sampled_from(MOMENTS),
    outcome=st.sampled_from(("", *OUTCOMES)),
    tried=st.integers(-1, 3),
)
_orders = st.builds(
    Order,
    kind=st.sampled_from((DEPLOY, RESTORE, REMOVE, LOOK)),
    stage=st.sampled_from(NAMES),
    arn=st.sampled_from(("", *ARNS)),
    instead_of=st.sampled_from(("", *ARNS)),
    decision=st.integers(0, 3),
)
_under_way = st.builds(
    UnderWay,
    order=_orders,
    state=st.sampled_from((STARTING, STARTED)),
    claimed_by=st.just("event"),
    claimed_at=st.just(1),
    since=st.just(1),
)
_records = st.builds(
    StageRecord,
    versions=st.dictionaries(st.sampled_from(ARNS), _presences),
    serves=st.sampled_from(("", *ARNS)),
    is_unknown=st.booleans(),
    is_looked_in_vain=st.booleans(),
    under_way=st.none() | _under_way,
    way_back=st.sampled_from(("", *(way_back_from(arn, 1) for arn in ARNS))),
    trouble=st.sampled_from(("", "trouble")),
    attention=st.sampled_from(("", "trouble")),
)


@st.composite
def _versions(draw: st.DrawFn) -> Mapping[str, VersionState]:
    arns = draw(st.sets(st.sampled_from(ARNS)))
    return {
        arn: VersionState(
            arn,
            is_approved=draw(st.booleans()),
            approved_by=draw(st.sampled_from(PEOPLE)),
            decision=draw(st.integers(0, 3)),
            gate=draw(st.sampled_from(("", *NAMES))),
            opened_by=draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(PEOPLE))),
            is_asked_again=draw(st.booleans()),
        )
        for arn in sorted(arns)
    }


_stages = st.lists(
    st.builds(
        Stage, st.sampled_from(NAMES), st.sampled_from(("automatic", "environment", "registry"))
    ),
    max_size=3,
    unique_by=lambda stage: stage.name,
).map(tuple)
_views = st.builds(
    View, _stages, _versions(), st.dictionaries(st.sampled_from(NAMES), _records, max_size=3)
)


def _starts(view: View) -> list[Order]:
    return [step.order for step in decide(view) if isinstance(step, Start)]


@given(_views)
@settings(max_examples=500)
def test_a_version_is_deployed_only_where_it_passed_all_stages_before(view: View) -> None:
    listed = [stage.name for stage in view.stages]
    for order in _starts(view):
        assert order.stage in listed
        if order.kind != DEPLOY:
            continue
        place, version = listed.index(order.stage), view.versions[order.arn]
        assert version.is_admitted
        assert order.decision == version.decision > view.record(order.stage).of(order.arn).tried
        assert version.number > version_number(view.record(order.stage).serves)
        for earlier in listed[:place]:
            known = view.record(earlier).of(order.arn)
            assert known.healthy
            assert known.outcome == DEPLOYED
        if view.stages[place].approval == "registry":
            assert version.opened_by[order.stage] not in ("", version.approved_by)


@given(_views)
@settings(max_examples=500)
def test_a_stage_goes_back_only_from_what_is_rejected_and_to_what_was_healthy(view: View) -> None:
    for order in _starts(view):
        if order.kind in (RESTORE, REMOVE):
            record = view.record(order.stage)
            assert order.instead_of == record.serves
            assert not view.versions[record.serves].is_approved
            assert record.way_back != way_back_from(record.serves, order.decision)
        if order.kind == RESTORE:
            assert view.record(order.stage).of(order.arn).healthy
            assert view.versions[order.arn].is_admitted


@given(_views)
@settings(max_examples=500)
def test_one_thing_at_a_time_is_under_way_in_a_stage(view: View) -> None:
    steps = decide(view)
    started = [step.order.stage for step in steps if isinstance(step, Start)]
    assert len(set(started)) == len(started)
    for stage in started:
        assert view.record(stage).under_way is None
    for step in steps:
        if isinstance(step, CallOff):
            assert step.under_way.state == STARTED
        if isinstance(step, Resume):
            assert step.under_way.state == STARTING


@given(_views)
@settings(max_examples=300)
def test_what_is_not_known_is_looked_at_before_anything_else(view: View) -> None:
    for order in _starts(view):
        record = view.record(order.stage)
        assert (order.kind == LOOK) == (record.is_unknown and not record.is_looked_in_vain)


@given(_views)
@settings(max_examples=300)
def test_the_order_in_which_versions_are_known_changes_nothing(view: View) -> None:
    turned = replace(
        view,
        versions=dict(reversed(view.versions.items())),
        records=dict(reversed(view.records.items())),
    )
    assert set(decide(turned)) == set(decide(view))


@given(_views)
@settings(max_examples=300)
def test_people_are_asked_once(view: View) -> None:
    """What was asked is in the ledger, and so in the next view."""
    versions, records = dict(view.versions), dict(view.records)
    for step in decide(view):
        if isinstance(step, AskAgain):
            versions[step.arn] = replace(versions[step.arn], is_asked_again=True)
        if isinstance(step, AskGate):
            versions[step.arn] = replace(versions[step.arn], gate=step.stage)
        if isinstance(step, Attend):
            records[step.stage] = replace(view.record(step.stage), attention=step.sentence)
    asked = (AskAgain, Attend)
    again = decide(replace(view, versions=versions, records=records))
    assert not [step for step in again if isinstance(step, asked)]


def _version(number: int, **more: object) -> VersionState:
    known = VersionState(ARNS[number - 1], is_approved=True, approved_by="anna", decision=1)
    return replace(known, **more)


def _view(*versions: VersionState, approvals: str = "automatic", **records: StageRecord) -> View:
    stages = tuple(Stage(name, approvals) for name in ("dev", "staging"))
    return View(stages, {version.arn: version for version in versions}, records)


_HEALTHY = Presence(healthy=MOMENTS[1], ended=MOMENTS[1], outcome=DEPLOYED, tried=1)


def test_a_version_whose_gate_is_shut_holds_up_none_whose_gate_is_open() -> None:
    older = _version(1, gate="staging", opened_by={"staging": "bert"})
    dev = StageRecord({ARNS[0]: _HEALTHY, ARNS[1]: _HEALTHY}, serves=ARNS[1])
    stages = (Stage("dev", "automatic"), Stage("staging", "registry"))
    view = View(stages, {one.arn: one for one in (older, _version(2))}, {"dev": dev})
    assert decide(view) == [
        Start(Order(DEPLOY, "staging", ARNS[0], decision=1)),
        AskGate(ARNS[1], "staging"),
    ]


def test_a_rejected_version_gives_way_to_a_newer_one_rather_than_to_an_older() -> None:
    served = _version(2, is_approved=False, approved_by="")
    dev = StageRecord({ARNS[0]: _HEALTHY, ARNS[1]: _HEALTHY}, serves=ARNS[1])
    staging = StageRecord({ARNS[0]: _HEALTHY}, serves=ARNS[0])
    assert _starts(_view(_version(1), served, dev=dev, staging=staging)) == [
        Order(RESTORE, "dev", ARNS[0], instead_of=ARNS[1], decision=1)
    ]
    assert _starts(_view(_version(1), served, _version(3), dev=dev, staging=staging)) == [
        Order(DEPLOY, "dev", ARNS[2], decision=1)
    ]


def test_an_older_version_that_is_approved_later_replaces_no_newer_one() -> None:
    dev = StageRecord({ARNS[1]: _HEALTHY}, serves=ARNS[1])
    staging = StageRecord({ARNS[1]: _HEALTHY}, serves=ARNS[1])
    assert decide(_view(_version(1), _version(2), dev=dev, staging=staging)) == []


def test_what_a_person_removed_is_not_deployed_again() -> None:
    dev = StageRecord({ARNS[0]: replace(_HEALTHY, removed=MOMENTS[2])}, serves="")
    staging = StageRecord({ARNS[0]: _HEALTHY}, serves=ARNS[0])
    assert decide(_view(_version(1), dev=dev, staging=staging)) == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (StageRecord(is_unknown=True, is_looked_in_vain=True), "only_look"),
        (StageRecord(serves=ARNS[3]), "is deleted from the registry"),
        (
            StageRecord(
                {ARNS[0]: Presence(untested=MOMENTS[2], outcome=FAILED, tried=1)}, serves=ARNS[0]
            ),
            "cut off before its test",
        ),
        (StageRecord(trouble="trouble"), "trouble"),
    ],
)
def test_what_only_people_can_settle_is_told_to_them(record: StageRecord, said: str) -> None:
    versions = [_version(1)] if record.versions else []
    (step,) = decide(_view(*versions, dev=record))
    assert isinstance(step, Attend)
    assert said in step.sentence
    told = replace(record, attention=step.sentence)
    assert decide(_view(*versions, dev=told)) == []


def test_a_stage_that_was_taken_off_the_list_stays_and_is_told_of() -> None:
    rejected = _version(1, is_approved=False, approved_by="")
    prod = StageRecord({ARNS[0]: _HEALTHY}, serves=ARNS[0])
    (step,) = decide(_view(rejected, prod=prod))
    assert isinstance(step, Attend)
    assert "does not list prod" in step.sentence
    claim = UnderWay(Order(DEPLOY, "prod", ARNS[0]), STARTED, "event", 1, 1)
    assert decide(_view(rejected, prod=replace(prod, under_way=claim))) == [CallOff(claim)]


def test_people_are_asked_to_open_a_gate_once_and_of_the_newest_version() -> None:
    dev = StageRecord(dict.fromkeys(ARNS[:2], _HEALTHY), serves=ARNS[1])
    stages = (Stage("dev", "automatic"), Stage("staging", "registry"))

    def decided(gate: str) -> list[object]:
        versions = (_version(1), _version(2, gate=gate))
        return list(decide(View(stages, {one.arn: one for one in versions}, {"dev": dev})))

    assert decided("") == decided("dev") == [AskGate(ARNS[1], "staging")]
    assert decided("staging") == []
