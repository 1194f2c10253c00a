"""Whatever people, runs, events and faults do, the seven invariants of the stages hold."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from deploy_dispatch import decision_log
from deploy_dispatch.decide import decide
from tests.rehearsed.functions.deploy_dispatch.stages_machine import TOTAL, StagesMachine

# What failed is told step by step, for `broken_by`; shrinking it would take minutes.
_SETTINGS = settings(
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
_STEPS = 50
# What must have been played, lest the machine comes nowhere.
_PLAYED = (
    "late",
    "twice",
    "reordered",
    "lost events",
    "lost reports",
    "forged reports",
    "outages",
    "failed invocations",
    "orders: deployment",
    "orders: gate",
    "orders: way back",
    "orders: look",
)


def _play(examples: int) -> None:
    TOTAL.clear()
    chosen = settings(_SETTINGS, max_examples=examples, stateful_step_count=_STEPS)
    run_state_machine_as_test(StagesMachine, settings=chosen)
    print(dict(sorted(TOTAL.items())))  # noqa: T201 - the figures of the proof
    assert TOTAL["wrong orders"] == 0
    assert [kind for kind in _PLAYED if not TOTAL[kind]] == []


@contextmanager
def _told_decisions() -> Iterator[list[str]]:
    """What the function's log tells of its decisions meanwhile."""
    told: list[str] = []

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record.getMessage().removeprefix(decision_log.MARK))

    log, handler = logging.getLogger(decision_log.__name__), Told()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield told
    finally:
        log.setLevel(level)
        log.removeHandler(handler)


def _is_decided_again(line: str) -> bool:
    told = json.loads(line)
    steps = decision_log.as_told(decide(decision_log.read_view(told["view"])))
    return bool(json.loads(json.dumps(steps)) == told["steps"])


@pytest.mark.tier("test")
def test_the_invariants_hold_in_a_share_of_all_orders_and_each_decision_is_made_again() -> None:
    with _told_decisions() as told:
        _play(40)
    assert told
    assert [line for line in told if not _is_decided_again(line)] == []


@pytest.mark.proof("matrices")
@pytest.mark.timeout(1800)
def test_the_invariants_hold_for_ten_thousand_steps() -> None:
    _play(240)
    assert TOTAL["steps"] >= 10_000
