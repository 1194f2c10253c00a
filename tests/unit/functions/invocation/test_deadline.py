"""The time that an invocation has, and what fits into it."""

import pytest

from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime


@pytest.mark.parametrize(("left", "reserve"), [(300.0, 20.0), (900.0, 130.0), (1.0, 0.0)])
def test_a_deadline_is_what_lambda_leaves_without_the_reserve(left: float, reserve: float) -> None:
    time = FakeTime()
    deadline = Deadline.of(
        FakeContext(left), reserve_seconds=reserve, clock=time.clock, sleep=time.sleep
    )
    assert deadline.ends_at == time.now + left - reserve
    assert deadline.remaining_seconds() == left - reserve
    deadline.sleep(left)
    assert deadline.remaining_seconds() == 0.0


def test_a_wait_fits_if_it_leaves_time_for_anything_after_it() -> None:
    time = FakeTime()
    deadline = Deadline(time.now + 10, time.clock, time.sleep)
    assert [deadline.allows(seconds) for seconds in (9.9, 10.0, 10.1)] == [True, False, False]
    time.sleep(10)
    assert not deadline.allows(0.0)
