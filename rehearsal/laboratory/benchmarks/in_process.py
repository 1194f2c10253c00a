"""The fault matrix without processes: every request, every fault, in the functions alone."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rehearsal.laboratory.benchmarks.errors import BenchmarkError

TESTS = "tests/rehearsed/functions/fault_matrix"
ROWS_VARIABLE = "FAULT_MATRIX_ROWS"
_COLUMNS = ("operation", "fault", "injected", "converged", "rolled_back", "orphans")


def measure_in_process(root: Path) -> list[dict[str, Any]]:
    """Run the tests of the matrix, which write its rows where the variable says.

    Raises:
        BenchmarkError: they failed, or wrote nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", TESTS],
            cwd=root,
            env={**os.environ, ROWS_VARIABLE: str(file)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not file.exists():
            last = (done.stdout.strip().splitlines() or ["they said nothing"])[-1]
            raise BenchmarkError(f"The tests in {TESTS} gave no matrix: {last}")
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [{column: row[column] for column in _COLUMNS} for row in rows]
