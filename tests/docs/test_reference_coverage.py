"""Each promise of the reference has a place that meets it and a test that shows it."""

import re
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference-coverage.md"
LINES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_lines_are_numbered_without_a_gap() -> None:
    assert [int(line[0]) for line in LINES] == list(range(1, len(LINES) + 1))
    assert len(LINES) >= 50


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
def test_a_promise_is_met_and_shown(line: list[str], root: Path) -> None:
    assert len(line) == 5
    _, promise, here, met, shown = line
    assert promise
    assert re.match(r"as there\b|other: \S", here), "say whether it is as there or other, and why"
    places = re.findall(r"`([^`]+)`", met)
    assert places, "name the place that meets it"
    assert [place for place in places if not (root / place).exists()] == []
    tests = re.findall(r"`([^`]+)`", shown)
    assert tests, "name a test that shows it"
    for test in tests:
        _check_test_exists(root, test)


def _check_test_exists(root: Path, test: str) -> None:
    path, _, name = test.partition("::")
    assert path.startswith(("tests/", "rehearsal/tests/")), test
    text = (root / path).read_text(encoding="utf-8")
    pattern = rf"^def {re.escape(name)}\(" if name else r"^def test_\w+\("
    assert re.search(pattern, text, re.MULTILINE), test
