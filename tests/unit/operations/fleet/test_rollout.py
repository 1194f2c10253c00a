"""Which projects are brought on, in which order, and what stops it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.errors import (
    ProjectUnknownError,
    ReleaseFailedError,
    VersionNotOfferedError,
)
from operations.fleet.catalog import Launched, Version
from operations.fleet.rollout import SIDE_BY_SIDE, Outcome, Target, choose, roll_out

_CREATED = datetime(2026, 11, 1, tzinfo=UTC)
OLD, NEW = Version("pa-1", "1.0", _CREATED, False), Version("pa-2", "2.0", _CREATED, True)
VERSIONS = {"prod-1": [OLD, NEW]}


def _project(name: str, version: Version = OLD, status: str = "AVAILABLE") -> Launched:
    return Launched(name, "p-abcdefghijkl", "prod-1", f"pp-{name}", version.id, status, "", "", "")


def _targets(count: int) -> list[Target]:
    return [Target(_project(f"p{number}"), NEW, "1.0") for number in range(count)]


@given(count=st.integers(0, 12), bad=st.sets(st.integers(0, 11)))
def test_one_goes_first_and_nothing_begins_after_a_failure(count: int, bad: set[int]) -> None:
    targets, lock = _targets(count), threading.Lock()
    begun: list[str] = []
    ended: list[str] = []
    at_once: set[str] = set()
    most = [0]

    def update(project: Launched, version: Version) -> None:
        assert version == NEW
        with lock:
            assert not begun or targets[0].project.name in ended, "the first is alone"
            begun.append(project.name)
            at_once.add(project.name)
            most[0] = max(most[0], len(at_once))
        with lock:
            at_once.remove(project.name)
            ended.append(project.name)
        if int(project.name[1:]) in bad:
            raise ReleaseFailedError("on purpose")

    told: list[Outcome] = []
    done = roll_out(targets, update, told.append, lambda: None)
    assert done == told
    assert most[0] <= SIDE_BY_SIDE
    failed = [int(one.target.project.name[1:]) for one in done if one.outcome == "failed"]
    expected = sorted(bad & set(range(count)))
    assert bool(failed) == bool(expected)
    # Those begin in order, and at most those that went beside the failed one are ahead of it.
    assert [one.target.project.name for one in done] != [] or count == 0
    names = {target.project.name for target in targets[: len(done)]}
    assert names == {one.target.project.name for one in done}
    if expected:
        assert len(done) <= expected[0] + SIDE_BY_SIDE
    if expected[:1] == [0]:
        assert len(done) == 1


def test_an_interruption_waits_for_nothing() -> None:
    targets, stopped = _targets(4), threading.Event()
    begun = threading.Semaphore(0)

    def update(project: Launched, _version: Version) -> None:
        if project.name == "p1":
            begun.acquire(timeout=10)
            raise KeyboardInterrupt
        if project.name == "p2":
            begun.release()
            assert stopped.wait(10), "it would wait for hours"

    with pytest.raises(KeyboardInterrupt):
        roll_out(targets, update, lambda _outcome: None, stopped.set)
    assert stopped.is_set()


@pytest.mark.parametrize(
    ("project", "is_target"),
    [
        (_project("old"), True),
        (_project("new", NEW), False),
        (_project("tainted", NEW, "TAINTED"), True),
        (_project("busy", NEW, "UNDER_CHANGE"), True),
    ],
)
def test_what_has_the_version_and_is_well_is_left_alone(project: Launched, is_target: bool) -> None:
    targets, failed = choose([project], VERSIONS, None, [])
    assert (bool(targets), failed) == (is_target, [])


def test_a_launch_that_failed_is_told_apart() -> None:
    project = _project("failed", OLD, "ERROR")
    assert choose([project], VERSIONS, None, []) == ([], [project])


def test_only_those_that_are_named_are_chosen() -> None:
    projects = [_project("a"), _project("b")]
    targets, _ = choose(projects, VERSIONS, "2.0", ["b"])
    assert [(one.project.name, one.before) for one in targets] == [("b", "1.0")]
    with pytest.raises(ProjectUnknownError, match="no project c, d of this template"):
        choose(projects, VERSIONS, None, ["d", "c", "a"])


@pytest.mark.parametrize("wanted", ["1.0", "3.0"])
def test_a_version_that_is_closed_or_unknown_is_refused(wanted: str) -> None:
    with pytest.raises(VersionNotOfferedError, match=rf"offers no version {wanted}.*\(2\.0\)"):
        choose([_project("a")], VERSIONS, wanted, [])
