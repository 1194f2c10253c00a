"""The flow is one way: parse, look, decide, order; an event goes back to no earlier file.

Counted are the files of the function in each stack of calls: what is left for another file and
entered again is a callback, and there may be one. Rounds look and decide once each.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from deploy_dispatch import handler
from tests.rehearsed.functions.deploy_dispatch.approvals import approved, deployed
from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld

_FOLDER = str(Path(handler.__file__).parent)
_MOST_ROUNDS = 3


class Ways:
    """What a profiler sees of the function's files.

    `stretches` is, for each file, how often it is in one stack at most; `calls` counts functions.
    """

    def __init__(self) -> None:
        self.stretches: Counter[str] = Counter()
        self.entries: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(_FOLDER):
            return
        files = list(_stretches(frame))
        name = Path(files[0]).name
        self.stretches[name] = max(self.stretches[name], files.count(files[0]))
        self.calls[frame.f_code.co_qualname] += 1
        outer = frame.f_back
        if outer is None or outer.f_code.co_filename != files[0]:
            self.entries[name] += 1


def _stretches(frame: FrameType) -> Iterator[str]:
    """The function's files in a stack, the innermost first, each stretch once."""
    last, at = "", frame
    while at is not None:
        file = at.f_code.co_filename
        if file.startswith(_FOLDER) and file != last:
            yield file
            last = file
        at = at.f_back  # type: ignore[assignment]


def _approval(world: DispatchWorld) -> dict[str, Any]:
    return world.decide(world.new_version(), "Approved")


def _rejection(world: DispatchWorld) -> dict[str, Any]:
    return world.decide(deployed(world, "dev"), "Rejected")


def _report(world: DispatchWorld) -> dict[str, Any]:
    return report(world, approved(world), "dev")


def _gate(world: DispatchWorld) -> dict[str, Any]:
    world.list_stages(dev="automatic", staging="registry")
    return report(world, approved(world), "dev")


def _look(world: DispatchWorld) -> dict[str, Any]:
    approved(world)
    world.invoke({"id": "tick", "detail-type": handler.SCHEDULE_EVENT, "detail": {}})
    (event,) = world.aws.invocations
    return event


@pytest.mark.parametrize("event", [_approval, _rejection, _report, _gate, _look])
def test_no_file_is_entered_again_but_by_one_callback(
    world: DispatchWorld, event: Callable[[DispatchWorld], dict[str, Any]]
) -> None:
    world.github.validate = False
    told, ways = event(world), Ways()
    sys.setprofile(ways)
    try:
        world.invoke(told)
    finally:
        sys.setprofile(None)
    assert {name: count for name, count in ways.stretches.items() if count > 2} == {}
    assert ways.entries["handler.py"] <= 2
    assert 1 <= ways.calls["decide"] <= _MOST_ROUNDS
    assert ways.calls["Look.around"] == ways.calls["decide"]
