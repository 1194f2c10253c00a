"""The matrix in the functions alone is taken from its tests, which write it."""

from pathlib import Path

import pytest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.in_process import ROWS_VARIABLE, TESTS, measure_in_process


def test_rows_are_those_that_the_tests_wrote(tmp_path: Path) -> None:
    row = {"operation": "launch", "fault": "502", "injected": 3, "converged": 2}
    row |= {"rolled_back": 1, "orphans": 0}
    folder = tmp_path / TESTS
    folder.mkdir(parents=True)
    (folder / "test_rows.py").write_text(
        "import json, os, pathlib\n"
        f"ROWS = [{row | {'problems': []}}]\n"
        "def test_rows():\n"
        f"    pathlib.Path(os.environ['{ROWS_VARIABLE}']).write_text(json.dumps(ROWS))\n"
    )
    assert measure_in_process(tmp_path, lambda _what: None) == [row]


def test_tests_that_fail_give_no_rows_but_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match="fault_matrix failed with 4: "):
        measure_in_process(tmp_path, lambda _what: None)
