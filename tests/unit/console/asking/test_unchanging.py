"""What is kept is read once, and what may change again after a while."""

from __future__ import annotations

from console.asking.unchanging import Unchanging
from tests.unit.console.asking.clock import Clock


def test_what_never_changes_is_read_once() -> None:
    read: list[str] = []
    kept = Unchanging(clock=Clock())
    for _ in range(3):
        assert kept.get("key", lambda: read.append("") or "value") == "value"
    assert len(read) == 1


def test_what_may_change_is_read_again_after_its_time() -> None:
    clock = Clock()
    kept = Unchanging(good_for_seconds=30, clock=clock)
    seen = []
    for moment in (100.0, 129.0, 130.0, 131.0):
        clock.now = moment
        seen.append(kept.get("key", lambda: clock.now))
    assert seen == [100.0, 100.0, 130.0, 130.0]


def test_nothing_is_not_kept() -> None:
    kept = Unchanging()
    assert kept.get("key", lambda: None) is None
    assert kept.get("key", lambda: "value") == "value"


def test_what_was_asked_for_last_is_kept_when_there_is_too_much() -> None:
    kept = Unchanging(most=2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda key=key: key)
    assert kept.get("a", lambda: "again") == "a"
    assert kept.get("b", lambda: "again") == "again"
