"""The fault matrix without processes: every request, every fault, in the functions alone."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from rehearsal.laboratory.benchmarks.results import Tell
from rehearsal.laboratory.benchmarks.timing import Command

TESTS = "tests/rehearsed/functions/fault_matrix"
ROWS_VARIABLE = "FAULT_MATRIX_ROWS"
_COLUMNS = ("operation", "fault", "injected", "converged", "rolled_back", "orphans")


def measure_in_process(root: Path, tell: Tell) -> list[dict[str, Any]]:
    """Run the tests of the matrix, which write its rows where the variable says.

    Raises:
        RehearsalError: they failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.json"
        argv = [sys.executable, "-m", "pytest", TESTS]
        env = {**os.environ, ROWS_VARIABLE: str(file)}
        command = Command(f"The fault matrix of {TESTS}", argv, root, env)
        tell(command.name)
        command.run()
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [{column: row[column] for column in _COLUMNS} for row in rows]
