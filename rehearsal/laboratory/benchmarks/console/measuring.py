"""Measures the console from outside, by its pages' addresses: how long, how many requests.

Stages at each number of projects: for each page new consoles that are asked for it once, until it
is whole, and then again and again; tabs that stay open for a while; pages while many tabs are open.
"""

import json
import statistics
import time
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from rehearsal.laboratory.benchmarks.console.browsing import Opened, console, made_up_apis
from rehearsal.laboratory.benchmarks.console.made_up_account import STAGES
from rehearsal.laboratory.benchmarks.console.made_up_apis import COUNTED
from rehearsal.laboratory.benchmarks.console.made_up_facts import group_of
from rehearsal.laboratory.benchmarks.console.made_up_project import STEPS
from rehearsal.laboratory.benchmarks.results import Sections, Tell

PROJECTS, VERSIONS = (1, 50, 200), 500
# On the way to AWS and back, with what it does there.
ANSWER_SECONDS = 0.03
FIRST, WARM_AIM_MS = "/", 1000.0
PAGES = (
    FIRST,
    "/projects/{group}",
    "/projects/{group}/events",
    "/projects/{group}/stages/{stage}",
    "/projects/{group}/stages/{stage}/ask",
    "/projects/{group}/steps/{name}",
    "/projects/{group}/versions/{number}",
)
_WARM, _CROWDED = 15, 60
# Twice as long as the first page of the most projects is good for.
_OPEN_SECONDS, _SETTLING_SECONDS = 90.0, 5.0
TABS = 20
_EXAMPLES = {"stage": STAGES[0], "name": STEPS[1], "number": "1"}


def measure_console(root: Path, runs: int, tell: Tell) -> Sections:
    """Measure every page.

    Args:
        root: the checkout.
        runs: consoles that are started for each page; medians are told.
        tell: hears what is at work.

    Raises:
        RehearsalError: a console did not start, or a page was not whole.
    """
    with ExitStack() as stack:
        worlds = {
            projects: World(
                root, stack.enter_context(made_up_apis(root, projects, VERSIONS, ANSWER_SECONDS))
            )
            for projects in PROJECTS
        }
        pages = [_page(address, worlds, runs, tell) for address in PAGES]
        tell("console: tabs that stay open")
        open_tabs = _open_tabs(worlds)
        for page in pages:
            for row in page["at"]:
                row |= open_tabs.get((page["address"], row["projects"]), {})
        crowded = _crowded(worlds[PROJECTS[-1]], tell)
    return {
        "console": {
            "versions": VERSIONS,
            "answer_seconds": ANSWER_SECONDS,
            "warm_aim_ms": WARM_AIM_MS,
            "pages": pages,
            "crowded": crowded,
        }
    }


@dataclass(frozen=True)
class World:
    """What consoles look at."""

    root: Path
    apis: int

    def console(self) -> AbstractContextManager[Opened]:
        """Start one."""
        return console(self.root, self.apis, f"BENCH{next(_numbers)}")

    def counted(self, opened: Opened) -> dict[str, int]:
        """What a console asked since this was asked."""
        address = f"http://127.0.0.1:{self.apis}{COUNTED}/{opened.who}"
        with urllib.request.urlopen(address) as answer:
            found: dict[str, int] = json.load(answer)
        return found


_numbers = count(1)


def example_of(address: str, project: int = 0) -> str:
    """An address with a value for each of its parameters."""
    return address.format(group=group_of(project), **_EXAMPLES)


def _page(address: str, worlds: Mapping[int, World], runs: int, tell: Tell) -> dict[str, Any]:
    looks: dict[int, list[Mapping[str, Any]]] = {projects: [] for projects in worlds}
    for number in range(1, runs + 1):  # in turn, so that a slow moment meets all
        for projects, world in worlds.items():
            tell(f"console: {address} of {projects} projects, run {number} of {runs}")
            looks[projects].append(_look(world, example_of(address)))
    rows = [{"projects": projects, **_middle(found)} for projects, found in looks.items()]
    first = rows[0]
    for row in rows:
        row["cold_ratio"] = round(row["cold_ms"] / first["cold_ms"], 2)
        row["warm_ratio"] = round(row["warm_ms"] / first["warm_ms"], 2)
    return {"address": address, "at": rows}


def _look(world: World, path: str) -> Mapping[str, Any]:
    """Open a page in a new console."""
    with world.console() as opened:
        world.counted(opened)
        cold = opened.get_whole(path)
        calls = world.counted(opened)
        return {
            "start": opened.seconds,
            "cold": cold,
            "warm": statistics.median(opened.get(path)[0] for _ in range(_WARM)),
            "calls": calls,
        }


def _middle(looks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    def middle(name: str) -> float:
        seconds: float = statistics.median(look[name] for look in looks)
        return round(1000 * seconds, 1)

    return {
        "start_ms": middle("start"),
        "cold_ms": middle("cold"),
        "warm_ms": middle("warm"),
        "calls": statistics.median_low(sum(look["calls"].values()) for look in looks),
    }


def _open_tabs(worlds: Mapping[int, World]) -> dict[tuple[str, int], dict[str, Any]]:
    """What a page costs a minute that stays open, in a console of its own; by address and projects.

    What does not depend on the number of projects is left open with the most of them alone.
    """
    wanted = [(FIRST, projects) for projects in worlds]
    wanted += [(address, max(worlds)) for address in PAGES if address != FIRST]
    with ExitStack() as stack:
        opened = {which: stack.enter_context(worlds[which[1]].console()) for which in wanted}
        for (address, _), one in opened.items():
            one.get_whole(example_of(address))
            stack.enter_context(one.tab(example_of(address)))
        time.sleep(_SETTLING_SECONDS)
        before = {which: one.cpu_seconds() for which, one in opened.items()}
        for which, one in opened.items():
            worlds[which[1]].counted(one)
        time.sleep(_OPEN_SECONDS)
        return {
            which: _a_minute(worlds[which[1]].counted(one), one.cpu_seconds() - before[which])
            for which, one in opened.items()
        }


def _a_minute(calls: Mapping[str, int], cpu_seconds: float) -> dict[str, Any]:
    minutes = _OPEN_SECONDS / 60
    return {
        "cpu_seconds_a_minute": round(cpu_seconds / minutes, 2),
        "calls_a_minute": {
            name: round(count / minutes, 1) for name, count in sorted(calls.items())
        },
    }


def _crowded(world: World, tell: Tell) -> dict[str, Any]:
    """Pages of one console, alone and while tabs of as many projects are open."""
    tell(f"console: pages beside {TABS} open tabs")
    project = example_of("/projects/{group}")
    with world.console() as opened, ExitStack() as tabs:
        opened.get_whole(project)
        alone = _times(opened, project)
        for number in range(1, TABS + 1):
            path = example_of("/projects/{group}", number)
            tabs.enter_context(opened.tab(path))
        for number in range(1, TABS + 1):
            opened.get_whole(example_of("/projects/{group}", number))
        before, began = opened.cpu_seconds(), time.monotonic()
        beside = _times(opened, project)
        cold = opened.get_whole(example_of("/projects/{group}", TABS + 1))
        used = (opened.cpu_seconds() - before) / (time.monotonic() - began)
    return {
        "tabs": TABS,
        "alone_p95_ms": _percentile(alone),
        "beside_p95_ms": _percentile(beside),
        "beside_cold_ms": round(1000 * cold, 1),
        "percent_of_a_core": round(100 * used, 1),
    }


def _times(opened: Opened, path: str) -> list[float]:
    times = []
    for _ in range(_CROWDED):
        times.append(opened.get(path)[0])
        time.sleep(0.1)
    return times


def _percentile(times: Sequence[float]) -> float:
    return round(1000 * statistics.quantiles(times, n=20)[-1], 1)
