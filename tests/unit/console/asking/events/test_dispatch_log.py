"""The log of the function that starts deployments becomes a history of one project."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.asking.events.dispatch_log import events_of, refusals_of
from console.asking.events.done import DECISION, sentences_of
from console.asking.events.event import DECISION as DECIDED
from console.asking.events.event import FUNCTION, REFUSAL, REGISTRY, newest
from console.asking.events.log_lines import Line
from console.asking.names import ProjectNames
from deploy_dispatch.order import DEPLOY, LOOK, Order

PROJECT = ProjectNames.parse("abalone-rings-p-aa5f7o0tywm8")
HERE = f"/projects/{PROJECT.group}"
ONE = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{PROJECT.group}/1"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
REVIEWER = "arn:aws:iam::111122223333:user/reviewer"
DEPLOY_ONE = Order(DEPLOY, "dev", ONE, decision=1)


def _line(text: str, second: int = 0, request: str = "r1", level: str = "INFO") -> Line:
    return Line(NOON + timedelta(seconds=second), level, request, text)


def _decided(
    *, is_approved: bool = True, tried: int = -1, opener: str = "", steps: Any = ()
) -> str:
    version = {
        "arn": ONE,
        "is_approved": is_approved,
        "approved_by": REVIEWER,
        "decision": 1,
        "opened_by": {"prod": opener},
    }
    records = {"dev": {"versions": {ONE: {"tried": tried}}}, "prod": {"versions": {}}}
    view = {"versions": {ONE: version}, "records": records, "stages": []}
    return f"decided {json.dumps({'view': view, 'steps': list(steps)})}"


START = {"step": "Start", "order": {"kind": "deploy", "stage": "dev", "arn": ONE}}


def _sentences(*lines: Line) -> list[str]:
    return [event.sentence for event in events_of(lines, HERE)]


@pytest.mark.parametrize(
    ("done", "sentences"),
    [
        (f"started {DEPLOY_ONE.title!r}", ["The run “Deploy version 1 to dev” was started."]),
        (
            f"started {Order(LOOK, 'dev').title!r}; called off: {DEPLOY_ONE.title!r}",
            [
                "The run “Look at dev” was started.",
                "The run “Deploy version 1 to dev” was called off before it began.",
            ],
        ),
        (
            f"waits for the end of {DEPLOY_ONE.title!r}, which nobody ordered",
            [
                "The run “Deploy version 1 to dev”, of which the ledger has no order, is to end "
                "first."
            ],
        ),
        (
            f"waits for the end of {DEPLOY_ONE.title!r}",
            ["The run “Deploy version 1 to dev” is to end first."],
        ),
        (
            f"recorded: skipped of {ONE} in dev",
            ["The run of dev reported “skipped” of version 1."],
        ),
        (f"{ONE} is not approved", ["Version 1 is not approved, so that it is not deployed."]),
        (
            "needs attention: dev serves a; look at it; or else; dev is in order",
            ["Needs somebody: dev serves a; look at it; or else", "dev is in order again."],
        ),
        ("ignored: all is as it should be", []),
        (f"known: deployed of {ONE} in dev", []),
        (f"danced with {ONE}; twice", ["danced with version 1; twice"]),
        ("", []),
    ],
)
def test_what_was_done_is_told_in_sentences(done: str, sentences: list[str]) -> None:
    assert list(sentences_of(done)) == sentences


def test_what_a_decision_says_is_not_said_again() -> None:
    done = f"started {DEPLOY_ONE.title!r}; overtaken: {DEPLOY_ONE.title!r}"
    assert list(sentences_of(done, frozenset({DECISION}))) == [
        "The run “Deploy version 1 to dev” was left: its stage changed meanwhile."
    ]


@given(st.text())
def test_nothing_that_was_done_raises(done: str) -> None:
    list(sentences_of(f"started 'x'; {done}"))


def test_an_invocation_is_told_once() -> None:
    told = _sentences(
        _line("Found credentials in environment variables."),
        _line(f"notice: dev serves {ONE} now: https://github.com/o/r/actions/runs/7", 1),
        _line(_decided(tried=1, steps=[START]), 2),
        _line(f"event 5: recorded: deployed of {ONE} in dev; started 'Deploy {ONE} to dev'", 3),
        _line(f"event 6: recorded: looked of {ONE} in dev", 4, "r2"),
    )
    assert told == [
        "dev serves version 1 now.",
        "Version 1 is to go to dev: reviewer approved it, dev serves nothing until then.",
        "The run of dev reported “looked” of version 1.",
    ]


def test_a_notice_leads_to_its_run_and_to_nothing_that_is_no_web_page() -> None:
    run = "https://github.com/o/r/actions/runs/7"
    lines = [_line(f"notice: it ended: {run}"), _line("notice: it ended: javascript:alert(1)")]
    assert [event.address for event in events_of(lines, HERE)] == [run, ""]


def test_a_decision_leads_to_its_stage() -> None:
    event = newest(events_of([_line(_decided(tried=1, steps=[START]))], HERE))[0]
    assert (event.kind, event.address) == (DECIDED, f"{HERE}/stages/dev")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # What nobody carried out yet was decided just now.
        ([_decided()], ["reviewer approved version 1."]),
        ([_decided(tried=1, opener="ann")], ["ann opened prod for version 1."]),
        ([_decided(tried=1, opener="ann")] * 2, ["ann opened prod for version 1."]),
        # What was carried out was decided before.
        ([_decided(tried=1)], []),
        ([_decided(), _decided(tried=1)], ["reviewer approved version 1."]),
        ([_decided(tried=1), _decided(is_approved=False)], ["Version 1 is not approved any more."]),
        ([_decided(is_approved=False, tried=1), _decided(is_approved=False)], []),
    ],
)
def test_who_decided_is_told_once(lines: list[str], told: list[str]) -> None:
    events = events_of([_line(text, number) for number, text in enumerate(lines)], HERE)
    found = [event.sentence for event in events if event.kind == REGISTRY]
    assert found == told


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_trouble_is_told_and_its_refusals_taken_apart(level: str) -> None:
    said = f"{ONE}: User: {REVIEWER} is not authorized to perform: sns:Publish on resource: {ONE}"
    [plain] = events_of([_line(f"{ONE} has trouble", level=level)], HERE)
    [refused] = events_of([_line(said, level=level)], HERE)
    assert (plain.kind, plain.refusals) == (FUNCTION, ())
    assert (refused.kind, refused.refusals[0].resource) == (REFUSAL, ONE)


_DENIED = f"User: {REVIEWER} is not authorized to perform: sns:Publish"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (_line(_DENIED), "The function mlops-sm-project-dispatch: IAM refused it."),
        (
            _line(f"{_DENIED} on resource: arn:{PROJECT.id}", request=""),
            "The function mlops-sm-project-dispatch: IAM refused it.",
        ),
        (
            _line(_DENIED, request="r9"),
            "The function mlops-sm-project-dispatch, at an event of some project: IAM refused it.",
        ),
        (_line(f"{_DENIED} on resource: arn:x-p-bbbbbbbbbbbb", request="r9"), ""),
    ],
)
def test_a_refusal_is_ours_unless_it_tells_of_another_project(line: Line, told: str) -> None:
    found = refusals_of([line], [_line(f"event 1: {ONE} is not approved")], PROJECT)
    assert [event.sentence for event in found] == ([told] if told else [])
