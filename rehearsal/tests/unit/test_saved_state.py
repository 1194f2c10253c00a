"""Saving takes a twentieth of the time at most, however much there is to save."""

from __future__ import annotations

import pytest

from rehearsal.aws.emulator.saved_state import StateSaver


class _Slow(StateSaver):
    """One whose reading takes a while, by a clock of its own."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds, self.times = 100.0, seconds, 0
        super().__init__(lambda: self.now)

    def save_changed(self) -> list[str]:
        self.now += self.seconds
        self.times += 1
        return ["s3"]


@pytest.mark.parametrize(("seconds", "times"), [(0.0, 100), (0.1, 100), (1.0, 14), (5.0, 3)])
def test_saving_takes_a_twentieth_of_the_time_at_most(seconds: float, times: int) -> None:
    saver = _Slow(seconds)
    began = saver.now
    for _ in range(100):
        saver.now += 3.0
        saver.save_when_due()
    assert saver.times == pytest.approx(times, abs=1)
    assert saver.times * seconds <= 0.05 * (saver.now - began) + seconds


def test_the_first_saving_is_due_at_once() -> None:
    assert _Slow(5.0).save_when_due() == ["s3"]
