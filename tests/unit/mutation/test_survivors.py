"""Every survivor has a reason, and no reason is kept that excuses nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation import cli as command_line
from mutation.mutant import MutationError
from mutation.outcomes import Outcome
from mutation.report import Report, page, too_few
from mutation.survivors import FILE, Survivor, problems_of, read_survivors
from tests.unit.mutation.small_project import mutants_of

ENTRY = """
[[survivor]]
mutant = "0123456789ab"
change = "a → b"
equivalent = true
reason = "Both are the same name."
"""


def _outcome(mutant: str, noticed_by: str = "") -> Outcome:
    return Outcome(mutant, noticed_by, 3, 1.0, 2.0)


def _survivor(mutant: str) -> Survivor:
    return Survivor(mutant=mutant, change="a → b", equivalent=True, reason="Both are one name.")


def _report(project: Path, *, noticed: int, of: int) -> Report:
    drawn = mutants_of(project)[:of]
    outcomes = {
        one.id: _outcome(one.id, "test" if number < noticed else "")
        for number, one in enumerate(drawn)
    }
    listed = {drawn[-1].id: _survivor(drawn[-1].id)} if noticed < of else {}
    return Report(drawn, outcomes, listed, 100, problems_of(listed, drawn, outcomes, whole=True))


def test_a_survivor_without_a_reason_is_a_problem(project: Path) -> None:
    mutant, other = mutants_of(project)[:2]
    outcomes = {mutant.id: _outcome(mutant.id), other.id: _outcome(other.id, "test")}
    (problem,) = problems_of({}, [mutant, other], outcomes, whole=True)
    assert mutant.id in problem
    assert FILE in problem
    listed = {mutant.id: _survivor(mutant.id)}
    assert problems_of(listed, [mutant, other], outcomes, whole=True) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_reason_for_a_mutant_that_a_test_notices_is_a_problem(project: Path, whole: bool) -> None:
    mutant = mutants_of(project)[0]
    outcomes = {mutant.id: _outcome(mutant.id, "test_price")}
    listed = {mutant.id: _survivor(mutant.id)}
    (problem,) = problems_of(listed, [mutant], outcomes, whole=whole)
    assert "test_price notices" in problem


def test_a_reason_for_a_mutant_that_is_not_drawn_is_a_problem_of_the_whole(project: Path) -> None:
    mutant = mutants_of(project)[0]
    outcomes = {mutant.id: _outcome(mutant.id, "test")}
    listed = {"0123456789ab": _survivor("0123456789ab")}
    (problem,) = problems_of(listed, [mutant], outcomes, whole=True)
    assert "not drawn any more" in problem
    assert problems_of(listed, [mutant], outcomes, whole=False) == []


@pytest.mark.parametrize(
    ("noticed", "of", "is_enough"), [(10, 10, True), (19, 20, True), (18, 20, False)]
)
def test_fewer_than_most_is_too_few(project: Path, noticed: int, of: int, is_enough: bool) -> None:
    assert (too_few(_report(project, noticed=noticed, of=of)) == []) is is_enough


def test_a_survivor_fails_the_command(project: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.tell(_report(project, noticed=8, of=10))
    assert ended.value.code == 1
    command_line.tell(_report(project, noticed=9, of=10))


def test_the_page_names_each_survivor_with_its_reason(project: Path) -> None:
    report = _report(project, noticed=8, of=10)
    text = page(report)
    assert "8 of 10 are noticed, 80.0%; 95% must be" in text
    assert "| `functions/shop` | 10 | 8 | 2 | 1 |" in text
    for mutant, reason in zip(
        report.survivors, ("none yet", "Equivalent: Both are one name."), strict=True
    ):
        (row,) = (line for line in text.splitlines() if line.startswith(f"| {mutant.id} |"))
        assert row.endswith(f"| {reason} |")


@pytest.mark.parametrize(
    "text",
    [
        ENTRY + ENTRY,
        ENTRY.replace("reason", "cause"),
        ENTRY.replace("Both are the same name.", ""),
        ENTRY.replace("0123456789ab", "the first"),
        ENTRY + "other = 1\n",
        "not toml",
    ],
)
def test_entries_that_tell_nothing_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mutation").mkdir()
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(MutationError):
        read_survivors(tmp_path)


def test_entries_are_read_by_mutant(tmp_path: Path) -> None:
    (tmp_path / "mutation").mkdir()
    (tmp_path / FILE).write_text(ENTRY, encoding="utf-8")
    assert read_survivors(tmp_path)["0123456789ab"].equivalent


def test_our_own_entries_can_be_read() -> None:
    assert len(read_survivors(command_line.ROOT)) < 100
