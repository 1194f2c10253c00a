"""How often is looked for what is not there yet, and for how long."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.conductor.errors import StoodStillError
from rehearsal.conductor.waiting import (
    WATCH_PAUSE_SECONDS,
    Sight,
    Stillness,
    Watch,
    look_until_found,
    look_until_still,
    see_nothing,
)
from rehearsal.conductor.waiting.watches import together


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_what_is_there_is_found_without_a_pause() -> None:
    time = Time()
    assert look_until_found(lambda: 0, seconds=1, clock=time.clock, sleep=time.sleep) == 0
    assert time.pauses == []


def test_pauses_grow_with_the_wait_up_to_the_longest() -> None:
    time = Time()
    found = look_until_found(
        lambda: "it" if time.now > 160 else None,
        seconds=300,
        clock=time.clock,
        sleep=time.sleep,
    )
    assert found == "it"
    assert time.pauses[0] == 0.1
    assert time.pauses[-1] == 1.0
    assert time.pauses == sorted(time.pauses)
    # What comes after ten seconds is noticed within a tenth of them.
    assert len(time.pauses) < 90


def test_a_shorter_pause_may_be_asked_for_and_the_time_runs_out() -> None:
    time = Time()
    found = look_until_found(
        lambda: None, seconds=20, longest_pause_seconds=0.2, clock=time.clock, sleep=time.sleep
    )
    assert found is None
    assert max(time.pauses) == 0.2
    assert 120 < time.now < 120.5


def _wait(time: Time, watch: Watch, *, until: float, seconds: float = 30) -> tuple[bool, Stillness]:
    still = Stillness(seconds, watch=watch, clock=time.clock)
    found = look_until_still(
        lambda: time.now >= until or None, still, clock=time.clock, sleep=time.sleep
    )
    return bool(found), still


@given(st.lists(st.one_of(st.integers(1, 26), st.integers(34, 90)), min_size=1, max_size=40))
def test_a_wait_lasts_as_long_as_something_moves(gaps: list[int]) -> None:
    """However long that is; the first gap that is too long ends it there."""
    time, moments = Time(), [100.0]
    for gap in gaps:
        moments.append(moments[-1] + gap)

    def watch() -> Sight:
        done = sum(moment <= time.now for moment in moments)
        return Sight(f"step {done}", done)

    found, still = _wait(time, watch, until=moments[-1], seconds=30)
    long = [place for place, gap in enumerate(gaps) if gap > 30]
    assert found == (not long)
    if long:
        assert still.step == f"step {long[0] + 1}"
        assert 30 < time.now - moments[long[0]] <= 30 + 4 * WATCH_PAUSE_SECONDS


@pytest.mark.parametrize("watch", [see_nothing, lambda: Sight("step Train", 1)])
def test_a_watch_that_sees_the_same_does_not_prolong_a_wait(watch: Watch) -> None:
    time = Time()
    found, _ = _wait(time, watch, until=1000, seconds=30)
    assert not found
    assert 130 < time.now <= 130 + 3 * WATCH_PAUSE_SECONDS


def test_a_refusal_now_and_then_is_no_progress() -> None:
    time, answers = Time(), itertools.cycle([Sight("step Train", 1), None])
    steady = Sight("job Build", "steady")
    found, still = _wait(time, together(lambda: steady, lambda: next(answers)), until=1000)
    assert not found
    assert "job Build" in still.step


def test_a_short_wait_asks_no_watch_and_a_long_one_once_a_second() -> None:
    for until, most in ((100.9, 0), (160, 60)):
        time, asked = Time(), []
        _wait(time, lambda: asked.append(1), until=until, seconds=300)  # noqa: B023 # called here
        assert len(asked) <= most


def test_the_step_is_named_whenever_it_is_seen() -> None:
    time, named = Time(), []
    still = Stillness(
        30,
        watch=lambda: Sight(f"step {int(time.now) // 10}", time.now // 10),
        name_step=named.append,
        clock=time.clock,
    )
    look_until_still(lambda: time.now >= 130 or None, still, clock=time.clock, sleep=time.sleep)
    assert list(dict.fromkeys(named)) == ["step 10", "step 11", "step 12"]


def test_the_sentence_names_what_stood_still_where_and_the_remedy() -> None:
    time = Time()
    _, still = _wait(time, lambda: Sight("job Build, step Train", 1), until=1000)
    told = str(StoodStillError("The run 'Deploy'", still, log=Path("logs/github.log")))
    assert told == (
        "The run 'Deploy' stood still for 30 s at job Build, step Train; see why with "
        '`make rehearse ARGS="logs github"`.'
    )
