"""What a decision is said to do in each stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from console.asking.ledger import Decided, Presence, StageRecord, UnderWay
from console.deciding.effects import Effect, of_approval, of_opening, of_rejection
from console.deciding.situation import Situation

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/rings"
ABOUT = f"{ARN}/3"
HEALTHY = Presence(healthy="2026-11-02T10:00:00.000Z", outcome="deployed", tried=1)
EARLIER = Presence(healthy="2026-11-01T10:00:00.000Z", outcome="deployed", tried=1)
GATES = {"dev": "automatic", "staging": "environment", "prod": "registry"}
DEPLOY, REMOVE = "Deploy model (deploy.yml)", "Remove endpoint (destroy.yml)"


def situation(
    records: Mapping[str, StageRecord] | None = None,
    gates: Mapping[str, str] = GATES,
    **more: Any,
) -> Situation:
    decided = more.pop("decided", Decided("anna", 1))
    return Situation(
        ABOUT, "Approved", "bert", gates, records=records or {}, decided=decided, **more
    )


def serves(number: int, *others: int, **more: Any) -> StageRecord:
    """A stage that serves a version, after others, of which the last was there last."""
    moments = {
        f"{ARN}/{other}": Presence(healthy=f"2026-11-01T10:00:0{place}Z", outcome="deployed")
        for place, other in enumerate(others)
    }
    return StageRecord({**moments, f"{ARN}/{number}": HEALTHY}, f"{ARN}/{number}", **more)


def said(effects: list[Effect]) -> list[tuple[str, str, str, bool]]:
    return [(one.stage, one.workflow, one.text, one.is_now) for one in effects]


def test_an_approved_version_goes_from_gate_to_gate() -> None:
    assert said(of_approval(situation({"dev": serves(2)}))) == [
        ("dev", DEPLOY, "Version 3 is deployed here.", True),
        (
            "staging",
            DEPLOY,
            "Once it has passed its test in dev, a run for version 3 waits for a reviewer of the "
            "environment staging.",
            False,
        ),
        (
            "prod",
            "",
            "Once it has passed its test in staging, version 3 waits until somebody else than its "
            "approver opens this stage.",
            False,
        ),
    ]


def test_a_gate_that_opens_by_itself_and_one_that_is_not_known_are_told() -> None:
    gates = {"dev": "automatic", "staging": "automatic", "prod": ""}
    texts = [one.text for one in of_approval(situation(gates=gates))]
    assert texts[1].endswith("version 3 is deployed here, without another gate.")
    assert texts[2].endswith("What it needs to enter this stage is not known.")


def test_a_version_passes_where_it_is_served_healthy() -> None:
    effects = of_approval(situation({"dev": serves(3)}))
    assert [(one.stage, one.kind, one.is_now) for one in effects] == [
        ("dev", "nothing", False),
        ("staging", "deploy", True),
        ("prod", "wait", False),
    ]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (serves(4), "It is older than what is served, and does not come here by an approval."),
        (
            serves(2, under_way=UnderWay("deploy", f"{ARN}/4")),
            "Version 4, which is newer, is on its way here and goes first.",
        ),
        (
            StageRecord({f"{ARN}/4": EARLIER}, "", is_unknown=True, is_looked_in_vain=True),
            "It is not known what is served here; somebody must see to that first.",
        ),
        (
            StageRecord({ABOUT: Presence(healthy="2026", outcome="failed")}, ABOUT),
            "It is served here already, and goes no further, since its last run ended as failed.",
        ),
        (
            StageRecord({ABOUT: Presence(untested="2026", outcome="deployed")}, ABOUT),
            "It is served here already, and goes no further, since its last run ended as deployed.",
        ),
    ],
)
def test_an_approved_version_ends_where_it_may_not_come(record: StageRecord, text: str) -> None:
    assert said(of_approval(situation({"dev": record}))) == [("dev", "", text, False)]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (
            serves(2, under_way=UnderWay("restore", f"{ARN}/1", f"{ARN}/2")),
            "The run that is under way here ends first, or is called off if it has not begun. "
            "Version 3 is deployed here.",
        ),
        (
            serves(2, is_unknown=True),
            "It is not known what is served here, so that a run looks first. Version 3 is deployed "
            "here.",
        ),
        (
            serves(3, under_way=UnderWay("remove", "", ABOUT)),
            "It is served here. The run that is under way here is called off if it has not begun; "
            "if that takes it away, it is deployed here again.",
        ),
    ],
)
def test_what_is_under_way_comes_before_an_approved_version(record: StageRecord, text: str) -> None:
    first = of_approval(situation({"dev": record}))[0]
    assert (first.text, first.is_now) == (text, False)


def test_a_rejected_version_gives_way_to_what_was_healthy_last_or_to_nothing() -> None:
    records = {"dev": serves(3, 1, 2), "staging": serves(3, 2), "prod": serves(2)}
    effects = of_rejection(situation(records, restorable=frozenset({f"{ARN}/1"})))
    assert said(effects) == [
        ("dev", DEPLOY, "Version 1, approved and healthy here last, is deployed again.", True),
        (
            "staging",
            REMOVE,
            "No other approved version was healthy here: the endpoint is removed, once a reviewer "
            "of the environment staging lets the run in.",
            True,
        ),
    ]


def test_the_latest_healthy_version_comes_back_and_not_the_newest() -> None:
    either = frozenset({f"{ARN}/1", f"{ARN}/2"})
    (effect,) = of_rejection(situation({"dev": serves(3, 2, 1)}, restorable=either))
    assert effect.version == 1


def test_a_rejected_version_that_nothing_serves_starts_nothing() -> None:
    assert of_rejection(situation({"dev": serves(2, 3)})) == []


@pytest.mark.parametrize(
    ("record", "kind", "text"),
    [
        (
            serves(2, under_way=UnderWay("deploy", ABOUT)),
            "wait",
            "The run that brings it here is called off if it has not begun, and the stage stays "
            "with version 2; if it has begun, the way back follows its end.",
        ),
        (
            StageRecord(under_way=UnderWay("deploy", ABOUT)),
            "wait",
            "The run that brings it here is called off if it has not begun, and the stage goes on "
            "to serve nothing; if it has begun, the way back follows its end.",
        ),
        (
            serves(3, 2, under_way=UnderWay("deploy", f"{ARN}/4")),
            "wait",
            "Version 4 is on its way here and takes its place; should it fail, the way back "
            "follows.",
        ),
        (
            serves(3, way_back=f"{ABOUT} 1"),
            "nothing",
            "The way back from it was tried already; deploy another version by hand.",
        ),
        (
            serves(3, 2),
            "return",
            "The approved version that was healthy here last is deployed again; if none is left, "
            "the endpoint is removed.",
        ),
    ],
)
def test_a_rejection_while_something_goes_on(record: StageRecord, kind: str, text: str) -> None:
    (effect,) = of_rejection(situation({"dev": record}))
    assert (effect.kind, effect.text, effect.is_now) == (kind, text, kind == "return")


def test_a_stage_that_is_listed_no_more_stays_unless_the_list_is_not_known() -> None:
    records = {"old": serves(3)}
    (effect,) = of_rejection(situation(records))
    assert effect.text.startswith("config/stages.yml does not list this stage any more")
    assert effect.workflow == ""
    (effect,) = of_rejection(situation(records, {}, are_gates_known=False))
    assert effect.workflow == REMOVE


def _opened(dev: StageRecord, prod: StageRecord, number: int = 1) -> list[Effect]:
    gates = {"dev": "automatic", "prod": "registry", "spare": "automatic"}
    decided = Decided("anna", number, "prod")
    seen = situation({"dev": dev, "prod": prod}, gates, decided=decided)
    return of_opening(seen, "prod")


def test_an_opened_gate_lets_the_version_in_and_further() -> None:
    effects = _opened(serves(3), serves(2))
    assert [(one.stage, one.workflow, one.is_now) for one in effects] == [
        ("prod", DEPLOY, True),
        ("spare", DEPLOY, False),
    ]


def test_an_opened_gate_lets_nothing_in_twice() -> None:
    tried = StageRecord({ABOUT: Presence(outcome="rolled_back", tried=1)}, f"{ARN}/2")
    (effect,) = _opened(serves(3), tried)
    assert effect.text == "It was tried here since it was approved, and that ended as rolled back."


@pytest.mark.parametrize(
    "dev",
    [
        serves(2, 3),  # passed after an earlier decision
        StageRecord({ABOUT: Presence(outcome="deployed", tried=2)}, ABOUT),
        StageRecord({ABOUT: Presence(healthy="2026", outcome="failed", tried=2)}, ABOUT),
    ],
)
def test_an_opened_gate_lets_nothing_in_that_did_not_pass_before(dev: StageRecord) -> None:
    (effect,) = _opened(dev, serves(2), number=2)
    assert effect.text == "It does not come here before it has passed its test in dev again."
