"""Puts each test into one tier of proof, and plays one tier with `--tier NAME`.

tests/unit, tests/synth, tests/docs, tests/rehearsed/functions and rehearsal/tests/unit are the tier
`check`, all others the tier `test`. A test that costs more than its tier allows says so with a
mark: `@pytest.mark.tier("test")`, or `@pytest.mark.proof("storms")` with the part of the proof.

Several workers share the tests out by group: a file, a folder with one world, or a single play.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from proof.parts import PARTS, TIERS

CHECKED = (
    "tests/unit/",
    "tests/synth/",
    "tests/docs/",
    "tests/rehearsed/functions/",
    "rehearsal/tests/unit/",
)
TESTS = ("tests/", "rehearsal/tests/")
# Folders whose files share one world of servers, or one installation.
SHARED_WORLDS = (
    "tests/rehearsed/attacks",
    "tests/rehearsed/console",
    "tests/rehearsed/faults",
    "tests/rehearsed/permissions",
    "tests/seed/deploy_app",
    "tests/synth",
)
# Files in them that need nothing of it.
OWN_WORLDS = (
    "tests/rehearsed/faults/test_bad_promotions.py",
    "tests/rehearsed/faults/test_many_launches.py",
    "tests/rehearsed/permissions/test_page.py",
    "tests/rehearsed/permissions/test_studio_roles.py",
    "tests/seed/deploy_app/test_stage_combinations.py",
)
# Files of which each test makes a world of its own.
SINGLE_PLAYS = (
    "tests/rehearsed/faults/test_every_request.py",
    "tests/rehearsed/lifecycle/test_lifecycle.py",
    "tests/rehearsed/lifecycle/test_stages.py",
    "tests/rehearsed/functions/mutants/test_mutants.py",
)


def part_of(item: pytest.Item) -> str:
    """The part of the proof in which a test is played; for the first two tiers, the tier."""
    proof, tier = item.get_closest_marker("proof"), item.get_closest_marker("tier")
    if proof is not None:
        return _known(item, proof, [part for part in PARTS if part not in TIERS])
    if tier is not None:
        return _known(item, tier, ["test"])
    return "check" if item.nodeid.startswith(CHECKED) else "test"


def _known(item: pytest.Item, mark: pytest.Mark, names: list[str]) -> str:
    (name,) = mark.args
    if name not in names:
        raise pytest.UsageError(
            f"{item.nodeid}: there is no {mark.name} {name!r}; name one of: {', '.join(names)}."
        )
    return str(name)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a tier be chosen."""
    parser.addoption("--tier", choices=list(PARTS), help="play the tests of this tier or part")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks."""
    config.addinivalue_line("markers", "tier(name): the earliest tier that plays the test")
    config.addinivalue_line("markers", "proof(part): the part of the proof that plays the test")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Play a tier with several workers, unless `-n` says otherwise.

    The fast tests compute, the others also wait: a third worker uses what two leave of two cores.
    """
    tier, is_worker = config.getoption("tier"), hasattr(config, "workerinput")
    if tier and config.option.numprocesses is None and not is_worker:
        config.option.numprocesses = 2 if tier == "check" else 3
    config.option.loadscopereorder = False


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Share groups out instead of single tests."""
    return _Groups(config, log)


class _Groups(LoadScopeScheduling):
    """Marks of groups would do, were they heard: pytest-xdist 3.8 loses them with pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even read what cannot belong to the tier `check`."""
    path = collection_path.relative_to(config.rootpath).as_posix() + "/"
    leads_there = path.startswith(CHECKED) or any(one.startswith(path) for one in CHECKED)
    is_late = path.startswith(TESTS) and not leads_there
    return (config.getoption("tier") == "check" and collection_path.is_dir() and is_late) or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the chosen tier's tests, those that may take longest first, in groups for workers."""
    chosen, parts = config.getoption("tier"), {item: part_of(item) for item in items}
    if chosen is not None:
        config.hook.pytest_deselected(items=[item for item in items if parts[item] != chosen])
        items[:] = [item for item in items if parts[item] == chosen]
    longest: dict[str, float] = {}
    for item in items:
        group = group_of(item.nodeid)
        longest[group] = max(longest.get(group, 0.0), _seconds(item))
    items.sort(key=lambda item: -longest[group_of(item.nodeid)])


def group_of(nodeid: str) -> str:
    """What one worker plays as a whole: a test, a file, or a folder with one world."""
    path = nodeid.partition("::")[0]
    if path in SINGLE_PLAYS:
        return nodeid
    folder = next((f for f in SHARED_WORLDS if path.startswith(f"{f}/")), path)
    return path if path in OWN_WORLDS else folder


def _seconds(item: pytest.Item) -> float:
    """What a test says that it may take."""
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark is not None else 0.0
