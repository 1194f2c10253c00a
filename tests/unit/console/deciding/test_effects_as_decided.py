"""What a decision is said to start is what the dispatch function starts then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from console.asking.ledger import Decided, StageRecord, read_ledger
from console.deciding.effects import Effect, of_approval, of_opening, of_rejection
from console.deciding.situation import Situation
from deploy_dispatch import stage_record
from deploy_dispatch.decide import CallOff, Start, VersionState, View, decide, version_number
from deploy_dispatch.order import DEPLOY
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.stage_record import OUTCOMES, Presence, way_back_from
from tests.unit.console.made_up_project import ARN, PROJECT, MadeUpProject

ARNS = [f"{ARN}/{number}" for number in range(1, 5)]
ABOUT = ARNS[2]
NUMBER = 2  # of the last decision about it
NAMES = ("dev", "staging", "prod")
YOU, APPROVER = "arn:aws:iam::111122223333:user/you", "arn:aws:iam::111122223333:user/anna"

_moments = st.sampled_from(["", *(f"2026-11-01T12:00:0{second}.000Z" for second in range(6))])
# Chance alone seldom lets a version pass.
_passed = Presence(healthy="2026-11-01T12:00:06.000Z", outcome="deployed", tried=NUMBER)
_presences = st.just(_passed) | st.builds(
    Presence,
    healthy=_moments,
    ended=_moments,
    outcome=st.sampled_from(["", "deployed", *OUTCOMES]),
    tried=st.integers(-1, NUMBER),
)
_ways_back = st.sampled_from(["", *(f"{ABOUT} {number}" for number in range(NUMBER + 1))])


@st.composite
def _records(draw: st.DrawFn) -> stage_record.StageRecord:
    versions = draw(st.dictionaries(st.sampled_from(ARNS), _presences, max_size=3))
    if draw(st.booleans()):
        versions = {**versions, ABOUT: _passed}
    is_unknown = draw(st.integers(0, 5)) == 0
    return stage_record.StageRecord(
        versions=versions,
        serves=draw(st.sampled_from(["", ABOUT, *versions])),
        is_unknown=is_unknown,
        is_looked_in_vain=is_unknown,  # a look would be under way otherwise
        way_back=draw(_ways_back),
    )


_worlds = st.fixed_dictionaries({name: _records() for name in NAMES})
_gates = st.tuples(
    *(st.sampled_from(["automatic", "environment", "registry"]) for _ in NAMES[1:])
).map(lambda gates: dict(zip(NAMES, ("automatic", *gates), strict=True)))
_others = st.fixed_dictionaries(
    {
        arn: st.builds(
            VersionState,
            arn=st.just(arn),
            is_approved=st.booleans(),
            approved_by=st.sampled_from(["", APPROVER]),
            decision=st.integers(0, 2),
        )
        for arn in ARNS
        if arn != ABOUT
    }
)


def _starts(view: View) -> dict[str, tuple[str, int]]:
    steps = decide(view)
    assert not [step for step in steps if isinstance(step, CallOff)]
    orders = [step.order for step in steps if isinstance(step, Start)]
    return {order.stage: (order.kind, version_number(order.arn)) for order in orders}


def _told(effects: list[Effect]) -> dict[str, tuple[str, int]]:
    return {one.stage: (one.kind, one.version) for one in effects if one.is_now}


def _settled(view: View) -> View:
    """The same at rest: whatever a stage still needed was tried there, and failed."""
    while True:
        orders = [step.order for step in decide(view) if isinstance(step, Start)]
        if not orders:
            return view
        order = orders[0]
        record = view.records[order.stage]
        if order.kind == DEPLOY:
            tried = replace(record.of(order.arn), tried=order.decision, outcome="failed")
            record = replace(record, versions={**record.versions, order.arn: tried})
        else:
            record = replace(record, way_back=way_back_from(record.serves, order.decision))
        view = replace(view, records={**view.records, order.stage: record})


def _view(
    gates: Mapping[str, str],
    world: Mapping[str, stage_record.StageRecord],
    others: Mapping[str, VersionState],
    about: VersionState,
) -> View:
    stages = tuple(Stage(name, approval) for name, approval in gates.items())
    return View(stages, {**others, ABOUT: about}, world)


@cache
def _project() -> MadeUpProject:
    """One for all examples, which empty its ledger."""
    return MadeUpProject()


def _read(world: Mapping[str, stage_record.StageRecord]) -> Mapping[str, StageRecord]:
    """The records as they are read of the ledger that the function wrote."""
    project = _project()
    project.items.clear()
    project.write(world)
    return read_ledger(project.account, PROJECT, ABOUT).stages


@given(gates=_gates, world=_worlds, others=_others)
def test_an_approval_starts_what_was_said(
    gates: Mapping[str, str],
    world: Mapping[str, stage_record.StageRecord],
    others: Mapping[str, VersionState],
) -> None:
    before = VersionState(ABOUT, decision=NUMBER)
    world = _settled(_view(gates, world, others, before)).records
    after = replace(before, is_approved=True, approved_by=YOU, decision=NUMBER + 1)
    decided = Decided("", NUMBER)
    seen = Situation(ABOUT, "Rejected", YOU, gates, records=_read(world), decided=decided)
    assert _told(of_approval(seen)) == _starts(_view(gates, world, others, after))


@given(gates=_gates, world=_worlds, others=_others)
def test_a_rejection_starts_what_was_said(
    gates: Mapping[str, str],
    world: Mapping[str, stage_record.StageRecord],
    others: Mapping[str, VersionState],
) -> None:
    before = VersionState(ABOUT, is_approved=True, approved_by=APPROVER, decision=NUMBER)
    world = _settled(_view(gates, world, others, before)).records
    after = replace(before, is_approved=False, approved_by="")
    admitted = frozenset(arn for arn, one in others.items() if one.is_admitted)
    seen = Situation(
        ABOUT,
        "Approved",
        YOU,
        gates,
        records=_read(world),
        decided=Decided(APPROVER, NUMBER),
        restorable=admitted,
    )
    assert _told(of_rejection(seen)) == _starts(_view(gates, world, others, after))


@given(gates=_gates, world=_worlds, others=_others, stage=st.sampled_from(NAMES[1:]))
def test_an_opened_gate_starts_what_was_said(
    gates: Mapping[str, str],
    world: Mapping[str, stage_record.StageRecord],
    others: Mapping[str, VersionState],
    stage: str,
) -> None:
    gates = {**gates, stage: "registry"}
    before = VersionState(
        ABOUT, is_approved=True, approved_by=APPROVER, decision=NUMBER, gate=stage
    )
    # Before that, its own gate was shut and it had passed the stages before.
    world = {
        name: replace(record, versions={**record.versions, ABOUT: Presence(tried=NUMBER - 1)})
        if name == stage
        else record
        for name, record in world.items()
    }
    world = _settled(_view(gates, world, others, before)).records
    decided = Decided(APPROVER, NUMBER, stage)
    seen = Situation(ABOUT, "Approved", YOU, gates, records=_read(world), decided=decided)
    after = replace(before, opened_by={stage: YOU})
    assert _told(of_opening(seen, stage)) == _starts(_view(gates, world, others, after))
