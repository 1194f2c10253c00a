"""A part holds for the files that it was played with, and only without a failure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from proof.digest import digest_of
from proof.parts import PARTS
from proof.results import Outcome, list_unproven, read_results, write_result

GOOD = Outcome(
    digest="",
    date="2026-11-25",
    passed=7,
    failed=0,
    skipped=1,
    seconds=3.5,
    cores=2,
    cpu_seconds={"tests/unit": 2.0},
)


def _prove_all(project: Path) -> Outcome:
    good = replace(GOOD, digest=digest_of(project))
    for part in reversed(PARTS):
        write_result(project, part, good)
    return good


def test_parts_that_were_played_with_these_files_hold(project: Path) -> None:
    good = _prove_all(project)
    assert list_unproven(project) == {}
    assert list(read_results(project)) == list(PARTS)
    assert all(outcome == good for outcome in read_results(project).values())


def test_nothing_was_played_at_first(project: Path) -> None:
    (project / "proof/results.json").unlink()
    assert list_unproven(project) == dict.fromkeys(PARTS, "was never played")


def test_a_changed_file_undoes_every_part(project: Path) -> None:
    _prove_all(project)
    (project / "README.md").write_text("Other rings.\n", encoding="utf-8")
    reason = "was played on 2026-11-25 with other files"
    assert list_unproven(project) == dict.fromkeys(PARTS, reason)


def test_a_failure_and_a_part_without_tests_do_not_hold(project: Path) -> None:
    good = _prove_all(project)
    write_result(project, "storms", replace(good, failed=2))
    write_result(project, "release", replace(good, passed=0))
    assert list_unproven(project) == {
        "storms": "had 2 failures on 2026-11-25",
        "release": "played no test on 2026-11-25",
    }
