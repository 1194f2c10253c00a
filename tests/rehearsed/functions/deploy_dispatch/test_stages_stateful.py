"""Whatever people, runs, events and faults do, the seven invariants of the stages hold."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rehearsed.functions.deploy_dispatch.stages_machine import TOTAL, StagesMachine

_SETTINGS = settings(
    deadline=None,
    print_blob=True,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
_STEPS = 50


def _play(examples: int) -> None:
    TOTAL.clear()
    chosen = settings(_SETTINGS, max_examples=examples, stateful_step_count=_STEPS)
    run_state_machine_as_test(StagesMachine, settings=chosen)
    print(dict(sorted(TOTAL.items())))  # noqa: T201 - the figures of the proof


@pytest.mark.tier("test")
def test_the_invariants_hold_in_a_share_of_all_orders() -> None:
    _play(40)
    assert TOTAL["wrong orders"] == 0


@pytest.mark.proof("matrices")
@pytest.mark.timeout(1200)
def test_the_invariants_hold_for_ten_thousand_steps() -> None:
    _play(220)
    assert TOTAL["steps"] >= 10_000
    assert TOTAL["wrong orders"] == 0
