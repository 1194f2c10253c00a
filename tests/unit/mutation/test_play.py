"""Mutants are played on copies of the tree, each outcome is kept at once, and none is made up."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mutation.cli import ROOT
from mutation.coverage_map import CoverageMap
from mutation.mutant import Mutant, MutationError
from mutation.outcomes import Outcome, OutcomeFile
from mutation.play import Worker, play_all, require_silence
from mutation.python_mutants import PythonMutant
from mutation.tree import Digests, TreeCopy, digests_of
from tests.unit.mutation.small_project import (
    FILE,
    TEST,
    TEXT,
    FakePlayer,
    covering_price,
    mutants_of,
)

PASSES = """
import sys
sys.path.insert(0, "functions")
from shop.price import price

def test_price():
    assert price(4) == 12

def test_least():
    assert price(1) == 5
"""


def _changes(mutants: list[PythonMutant], change: str) -> PythonMutant:
    return next(one for one in mutants if one.change == change)


def test_each_mutant_is_played_once_and_kept(project: Path) -> None:
    mutants = mutants_of(project)
    entered = [one for one in mutants if covering_price().tests_of(one)]
    overlooked = entered[0]
    player, kept = FakePlayer({overlooked.id}), dict[str, Outcome]()

    def keep(mutant: Mutant, outcome: Outcome) -> None:
        kept[mutant.id] = outcome

    play_all(mutants, covering_price(), [player], keep)
    assert sorted(player.played) == sorted(one.id for one in mutants)
    killed = {name for name, outcome in kept.items() if outcome.is_killed}
    assert killed == {one.id for one in entered} - {overlooked.id}
    assert len(kept) == len(mutants) > len(entered), "a line without tests is a survivor"


def test_a_player_that_cannot_play_ends_the_run(project: Path) -> None:
    class Broken(FakePlayer):
        def play(self, mutant: Mutant | None, seconds: dict[str, float]) -> Outcome:
            raise MutationError("pytest ended with 3")

    players = [Broken(), Broken()]
    with pytest.raises(MutationError, match="ended with 3"):
        play_all(mutants_of(project), covering_price(), players, lambda *_: None)
    assert [one.played for one in players] == [["stopped"], ["stopped"]]


def test_an_interruption_ends_what_is_played_and_loses_nothing_that_was(project: Path) -> None:
    player, kept = FakePlayer(), list[str]()

    def keep(mutant: Mutant, outcome: Outcome) -> None:
        kept.append(mutant.id)
        if len(kept) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play_all(mutants_of(project), covering_price(), [player], keep)
    assert "stopped" in player.played
    assert {*kept} <= {*player.played}


def test_tests_that_fail_without_a_mutant_are_refused(project: Path) -> None:
    class Failing(FakePlayer):
        def play(self, mutant: Mutant | None, seconds: dict[str, float]) -> Outcome:
            return Outcome("nothing", next(iter(seconds)), len(seconds), 0.1, 0.1)

    with pytest.raises(MutationError, match="Without a mutant"):
        require_silence(Failing(), mutants_of(project), covering_price())
    require_silence(FakePlayer(), mutants_of(project), covering_price())


@pytest.fixture
def checkout(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project with two tests that pytest can play."""
    test = project / TEST.partition("::")[0]
    test.parent.mkdir(parents=True)
    test.write_text(PASSES, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return project


@pytest.mark.parametrize(
    ("change", "noticed_by"),
    [
        ("100 → 101", ""),
        ("3 → 4", "test_price"),
        ("5 → 6", "test_least"),
    ],
)
def test_pytest_plays_the_changed_file(
    checkout: Path, tmp_path: Path, change: str, noticed_by: str
) -> None:
    worker = Worker(TreeCopy(checkout, tmp_path / "tree"))
    file = TEST.partition("::")[0]
    tests = {f"{file}::test_least": 0.1, f"{file}::test_price": 0.1}
    outcome = worker.play(_changes(mutants_of(checkout), change), tests)
    assert outcome.noticed_by == (f"{file}::{noticed_by}" if noticed_by else "")
    assert outcome.cpu_seconds > 0
    assert worker.play(None, tests).noticed_by == "", "the copy is as it was"
    assert (checkout / FILE).read_text(encoding="utf-8") == TEXT


def test_a_mutant_that_nothing_can_import_is_noticed(checkout: Path, tmp_path: Path) -> None:
    folder = (checkout / TEST.partition("::")[0]).parent
    lines = PASSES.partition("def")[0] + "if price(4) != 12:\n    raise TypeError\n"
    (folder / "conftest.py").write_text(lines, encoding="utf-8")
    worker, tests = Worker(TreeCopy(checkout, tmp_path / "tree")), {TEST: 0.1}
    assert worker.play(None, tests).noticed_by == ""
    assert worker.play(_changes(mutants_of(checkout), "3 → 4"), tests).noticed_by == "collection"
    (worker.tree.folder / folder.relative_to(checkout) / "conftest.py").write_text(
        "raise TypeError"
    )
    with pytest.raises(MutationError, match="were not played"):
        worker.play(None, tests)


def test_a_test_that_is_gone_is_no_survivor(checkout: Path, tmp_path: Path) -> None:
    worker = Worker(TreeCopy(checkout, tmp_path / "tree"))
    gone = TEST.replace("test_price.py::test_price", "test_price.py::test_gone")
    with pytest.raises(MutationError):
        worker.play(mutants_of(checkout)[0], {gone: 0.1})


def test_a_copy_gives_each_mutant_a_time_of_its_own(project: Path, tmp_path: Path) -> None:
    """Byte code is told by seconds and size, which `*` and `/` would share."""
    tree, times = TreeCopy(project, tmp_path / "tree"), set()
    file = tree.folder / FILE
    for mutant in mutants_of(project):
        times.add(int(file.stat().st_mtime))
        tree.put(mutant)
        times.add(int(file.stat().st_mtime))
        tree.restore()
        assert file.read_text(encoding="utf-8") == TEXT
    assert len(times) == len(mutants_of(project)) + 1


def _file(root: Path, folder: Path) -> OutcomeFile:
    return OutcomeFile(root, folder / "outcomes.jsonl", digests_of(root))


def test_an_interrupted_run_goes_on(checkout: Path, tmp_path: Path) -> None:
    killed = Outcome("0123456789ab", TEST, 3, 1.5, 2.5)
    survived = Outcome("ba9876543210", "", 3, 1.5, 2.5)
    _file(checkout, tmp_path).add(killed)
    _file(checkout, tmp_path).add(survived)
    assert _file(checkout, tmp_path).read() == {one.mutant: one for one in (killed, survived)}


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        (FILE, set()),
        (TEST.partition("::")[0], set()),
        ("tests/unit/functions/shop/test_other.py", {"0123456789ab"}),
        ("docs/page.md", {"0123456789ab", "ba9876543210"}),
    ],
)
def test_an_outcome_holds_while_nothing_changed_that_it_depends_on(
    checkout: Path, tmp_path: Path, changed: str, left: set[str]
) -> None:
    """A new test cannot bring a killed mutant back, but may notice one that survived."""
    _file(checkout, tmp_path).add(Outcome("0123456789ab", TEST, 3, 1.5, 2.5))
    _file(checkout, tmp_path).add(Outcome("ba9876543210", "", 3, 1.5, 2.5))
    file = checkout / changed
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# other\n", encoding="utf-8")
    assert _file(checkout, tmp_path).read().keys() == left


def test_a_file_that_git_ignores_is_not_copied(project: Path, tmp_path: Path) -> None:
    (project / ".gitignore").write_text("left/\n", encoding="utf-8")
    (project / "left").mkdir()
    (project / "left" / "file.py").touch()
    tree = TreeCopy(project, tmp_path / "tree")
    assert not (tree.folder / "left").exists()
    assert (tree.folder / FILE).exists()


def test_help_shows_examples() -> None:
    said = subprocess.run(
        [".venv/bin/python", "-m", "mutation", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "make mutants ARGS=--again" in said


def test_a_map_without_a_test_of_policies_lets_them_survive() -> None:
    assert replace(covering_price(), lines={}).tests_of(_Policy()) == []
    of_policies = CoverageMap({"tests/synth/test_granted.py::test_all": 1.0, TEST: 0.1}, {}, {})
    assert of_policies.tests_of(_Policy()) == ["tests/synth/test_granted.py::test_all"]


class _Policy(FakePlayer):
    id = file = place = change = "policy"

    def differs(self, root: Path) -> bool:
        return True

    def put_into(self, root: Path) -> None:
        raise NotImplementedError


def test_digests_tell_code_from_tests(checkout: Path) -> None:
    before = digests_of(checkout)
    (checkout / TEST.partition("::")[0]).write_text("# other\n", encoding="utf-8")
    after = digests_of(checkout)
    assert after.code == before.code
    assert after != before == Digests(before.code, before.tests)
