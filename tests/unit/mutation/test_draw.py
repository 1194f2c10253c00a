"""The draw is the same each time, hardly changes with the code, and holds no change of nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mutation.draw import draw
from mutation.mutant import MutationError, Replacement
from mutation.python_meaning import meaning_of
from tests.unit.mutation.small_project import FILE, TEXT, mutants_of


def test_a_draw_is_reproducible_whatever_the_order(project: Path) -> None:
    mutants = mutants_of(project)
    assert len(mutants) > 10
    drawn = draw(mutants, project, seed=17, count=6)
    assert len({one.id for one in drawn}) == 6
    assert draw(reversed(mutants), project, seed=17, count=6) == drawn
    assert draw(mutants_of(project), project, seed=17, count=6) == drawn
    assert draw(mutants, project, seed=18, count=6) != drawn


def test_a_longer_draw_begins_with_the_shorter(project: Path) -> None:
    mutants = mutants_of(project)
    assert draw(mutants, project, seed=17, count=9)[:4] == draw(mutants, project, seed=17, count=4)


def test_ids_stay_when_lines_move(project: Path) -> None:
    before = {one.id for one in mutants_of(project)}
    (project / FILE).write_text("# a comment\n\n" + TEXT, encoding="utf-8")
    assert {one.id for one in mutants_of(project)} == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pieces * each", "pieces * each"),
        ("pieces * each", "(pieces * each)"),
        ("pieces * each", "pieces  *  each"),
        ('"nobody calls this"', "'nobody calls this'"),
        ("pieces * each", "pieces *"),
    ],
)
def test_what_changes_nothing_or_cannot_be_read_is_not_drawn(
    project: Path, before: str, after: str
) -> None:
    one = mutants_of(project)[0]
    idle = replace(
        one, replacement=Replacement(TEXT.encode().index(before.encode()), before, after)
    )
    assert draw([idle], project, seed=17, count=1) == []


@pytest.mark.parametrize(
    ("before", "after", "is_other"),
    [
        ('_log.info("%s went", name)', "_log.info(None, name)", False),
        ('_log.info("%s went", name)', "_log.info(fetch())", False),
        ('_log.info("%s went", name)', '_other.info("%s went", name)', True),
        ("_log = logging.getLogger(__name__)", "_log = logging.getLogger(None)", False),
        ("log = logging.getLogger(__name__)", "log = logging.getLogger(None)", True),
        ('level = _log.level("name")', "level = _log.level(None)", True),
        ('a = b.decode("utf-8")', 'a = b.decode("UTF-8")', False),
        ('a = b.decode("utf-8")', "a = b.decode()", True),
        ('a = b.decode("utf-8")', 'a = b.decode("XXutf-8XX")', True),
        ('a = open(b, encoding="utf-8")', 'a = open(b, encoding="UTF-8")', False),
        ('a = open(b, mode="utf-8")', 'a = open(b, mode="UTF-8")', True),
        ('a = b.get("utf-8")', 'a = b.get("UTF-8")', True),
    ],
)
def test_neither_what_is_logged_nor_how_an_encoding_is_spelt_is_another_program(
    before: str, after: str, is_other: bool
) -> None:
    assert (meaning_of(before) != meaning_of(after)) == is_other


def test_each_mutant_that_is_drawn_changes_the_file_in_its_line(project: Path) -> None:
    mutants = mutants_of(project)
    for mutant in draw(mutants, project, seed=17, count=len(mutants)):
        (project / FILE).write_text(TEXT, encoding="utf-8")
        mutant.put_into(project)
        lines = (project / FILE).read_text(encoding="utf-8").splitlines()
        changed = [n for n, line in enumerate(TEXT.splitlines(), 1) if lines[n - 1] != line]
        assert changed, mutant
        assert mutant.place.endswith(f"line {changed[0]}"), mutant


def test_a_mutant_of_other_files_is_refused(project: Path) -> None:
    mutant = mutants_of(project)[0]
    (project / FILE).write_text("# other\n" + TEXT, encoding="utf-8")
    with pytest.raises(MutationError, match="collect the mutants again"):
        mutant.put_into(project)


def test_offsets_are_those_of_bytes() -> None:
    text = 'a = "ü"; b = 1\n'
    start = text.encode().index(b"1")
    assert Replacement(start, "1", "2").apply(text) == 'a = "ü"; b = 2\n'
