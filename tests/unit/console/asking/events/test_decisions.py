"""Decisions are read as the function writes them, and each has a sentence with its reason."""

from __future__ import annotations

import json
import logging
import typing
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.asking.events import decided as reader
from console.asking.events.decided import Decided, parse_decided
from console.asking.events.decision_sentences import sentence_of
from deploy_dispatch import decide as rules
from deploy_dispatch import decision_log
from deploy_dispatch import order as orders
from deploy_dispatch.decide import VersionState, View
from deploy_dispatch.order import Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.stage_record import Presence, StageRecord, UnderWay

GROUP = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/abalone-p-aa5f7o0tywm8"
ONE, TWO = f"{GROUP}/1", f"{GROUP}/2"
REVIEWER, OPENER = "arn:aws:iam::111122223333:user/reviewer", "Identity Center user opener"
DEV, STAGING, PROD = (
    Stage("dev", "automatic"),
    Stage("staging", "environment"),
    Stage("prod", "registry"),
)
HEALTHY = Presence(healthy="2026-01-01", outcome="deployed", tried=1, place="x")


def _approved(arn: str, **more: typing.Any) -> dict[str, VersionState]:
    return {arn: VersionState(arn, True, REVIEWER, 1, **more)}


def _serving(arn: str, presence: Presence = HEALTHY) -> StageRecord:
    return StageRecord({arn: presence}, serves=arn, last_run="x", known_at="x")


def _under_way(state: str) -> StageRecord:
    order = Order(orders.DEPLOY, "dev", TWO, decision=1)
    return StageRecord(under_way=UnderWay(order, state, "event", 0, 0))


REJECTED = {ONE: VersionState(ONE, False, REVIEWER, 1)}
CASES: dict[str, tuple[View, list[str]]] = {
    "first deployment": (
        View((DEV,), _approved(ONE), {}),
        [
            "Version 1 is to go to dev: reviewer approved it, dev opens by itself, dev serves "
            "nothing until then."
        ],
    ),
    "to the next stage": (
        View((DEV, STAGING), _approved(TWO), {"dev": _serving(TWO), "staging": _serving(ONE)}),
        [
            "Version 2 is to go to staging: reviewer approved it, it was healthy in dev, GitHub's "
            "reviewers of staging decide in the run, staging serves version 1 until then."
        ],
    ),
    "through the registry": (
        View((DEV, PROD), _approved(ONE, opened_by={"prod": OPENER}), {"dev": _serving(ONE)}),
        [
            "Version 1 is to go to prod: reviewer approved it, it was healthy in dev, Identity "
            "Center user opener opened prod in the registry, prod serves nothing until then."
        ],
    ),
    "gate": (
        View((PROD,), _approved(ONE), {}),
        ["Version 1 waits for somebody to open prod in the registry, who is not reviewer."],
    ),
    "back to an older one": (
        View(
            (DEV,),
            _approved(ONE) | {TWO: VersionState(TWO, False, REVIEWER, 1)},
            {"dev": StageRecord({ONE: HEALTHY, TWO: HEALTHY}, serves=TWO)},
        ),
        ["dev is to go back to version 1: version 2, which it serves, is not approved any more."],
    ),
    "back to nothing": (
        View((DEV,), REJECTED, {"dev": _serving(ONE)}),
        [
            "dev is to serve nothing: version 1, which it serves, is not approved any more, and "
            "no approved version was healthy there before."
        ],
    ),
    "look": (
        View((DEV,), {}, {"dev": StageRecord(is_unknown=True)}),
        ["A run is to look at dev: what it serves is not known for sure."],
    ),
    "call off": (
        View((DEV,), REJECTED, {"dev": _under_way("started")}),
        [
            "The run that brings version 2 to dev is to be called off, if it has not begun: "
            "something else is wanted by now."
        ],
    ),
    "resume": (
        View((DEV,), {}, {"dev": _under_way("starting")}),
        [
            "The run that brings version 2 to dev was left behind while it was started; it is "
            "seen to."
        ],
    ),
    "nobody approved": (
        View((DEV,), {ONE: VersionState(ONE, True)}, {}),
        [
            "Version 1 is not deployed: no person is known to have approved it; approve it once "
            "more."
        ],
    ),
    "attention": (
        View((DEV,), {}, {"dev": StageRecord(serves=ONE, versions={ONE: HEALTHY})}),
        [
            "dev needs somebody: dev serves version 1, which is deleted from the registry; deploy "
            "another version, or remove the endpoint."
        ],
    ),
    "settled": (
        View((DEV,), {}, {"dev": StageRecord(attention="something")}),
        ["dev is in order again."],
    ),
}


def _written(view: View, steps: list[rules.Step], caplog: pytest.LogCaptureFixture) -> Decided:
    caplog.clear()
    with caplog.at_level(logging.INFO):
        decision_log.write(view, steps)
    read = parse_decided(caplog.messages[-1])
    assert read is not None
    return read


@pytest.mark.parametrize("case", CASES)
def test_what_the_function_decides_is_a_sentence(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    view, sentences = CASES[case]
    read = _written(view, rules.decide(view), caplog)
    assert [sentence_of(step, read.view)[0] for step in read.steps] == sentences


def test_the_cases_hold_every_step_and_every_kind_of_order() -> None:
    steps = [step for view, _ in CASES.values() for step in rules.decide(view)]
    assert {type(step) for step in steps} == set(typing.get_args(rules.Step))
    kinds = {step.order.kind for step in steps if isinstance(step, rules.Start)}
    assert kinds == {orders.DEPLOY, orders.RESTORE, orders.REMOVE, orders.LOOK}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (reader.Order, Order),
        (reader.UnderWay, UnderWay),
        (reader.Stage, Stage),
        (reader.Version, VersionState),
        (reader.Presence, Presence),
        (reader.Record, StageRecord),
        (reader.View, View),
    ],
)
def test_each_member_that_is_read_is_one_that_is_written(
    ours: type[reader.Order], theirs: type
) -> None:
    assert set(ours.model_fields) <= {field.name for field in fields(theirs)}


@pytest.mark.parametrize("mark", ["decided", "decided ", "decided {", "decided []", "other {}"])
def test_what_is_no_decision_is_none(mark: str) -> None:
    assert parse_decided(mark) is None


def test_members_of_later_versions_are_no_hindrance() -> None:
    told = {"view": {"weather": 1}, "steps": [{"step": "Rest", "order": None, "colour": "red"}]}
    read = parse_decided(f"decided {json.dumps(told)}")
    assert read is not None
    assert sentence_of(read.steps[0], read.view)[0] == "Decided: Rest."


@given(st.text())
def test_no_line_raises(text: str) -> None:
    parse_decided(f"decided {text}")


def test_a_line_that_is_nested_without_end_is_no_decision() -> None:
    assert parse_decided("decided " + "[" * 100_000) is None
