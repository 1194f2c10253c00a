"""Whatever people, runs, events and faults do, the seven invariants of the stages hold."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rehearsed.functions.deploy_dispatch.stages_machine import TOTAL, StagesMachine

# What failed is told step by step, for `broken_by`; shrinking it would take minutes.
_SETTINGS = settings(
    deadline=None,
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


@pytest.mark.tier("test")
def test_the_invariants_hold_in_a_share_of_all_orders() -> None:
    _play(80)


@pytest.mark.proof("matrices")
@pytest.mark.timeout(1800)
def test_the_invariants_hold_for_ten_thousand_steps() -> None:
    _play(240)
    assert TOTAL["steps"] >= 10_000
