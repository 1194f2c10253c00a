"""How often is looked for what is not there yet."""

from rehearsal.conductor.waiting import look_until_found


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
