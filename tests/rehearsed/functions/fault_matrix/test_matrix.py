"""Whatever goes wrong at a request, an operation is done or taken back, and nothing is left over.

Here each request of each operation meets some fault and each fault some request; with
FAULT_MATRIX_ROWS, and in `tests/rehearsed/faults/test_every_request.py`, each meets each.
"""

import os

import pytest

from rehearsal.github.core.faults import FAULT_KINDS
from tests.rehearsed.functions.fault_matrix.conftest import ROWS_VARIABLE
from tests.rehearsed.functions.fault_matrix.matrix import (
    FAULTS,
    OPERATIONS,
    Matrix,
    Row,
    is_meaningful,
    table,
)

# A 404 is the truth where nothing has just been made, and what lasts ends the operation.
WAITED_OUT = frozenset(FAULT_KINDS) - {"404"}
pytestmark = pytest.mark.tier("test")
CASES = [(name, fault) for name in OPERATIONS for fault in FAULTS if is_meaningful(name, fault)]


@pytest.mark.parametrize(("operation", "fault"), CASES)
def test_an_operation_is_done_or_taken_back(
    matrix: Matrix, rows: list[Row], operation: str, fault: str
) -> None:
    chosen = OPERATIONS[operation]
    requests = () if ROWS_VARIABLE in os.environ else _share(matrix, operation, fault)
    row = matrix.row(chosen, fault, requests)
    rows.append(row)
    assert row.is_clean, row.problems
    if fault in WAITED_OUT:
        assert row.converged == row.injected, "what passes by itself was not waited out"


def test_the_table_has_a_line_for_each_row() -> None:
    row = Row("launch", "502", injected=16, converged=15, rolled_back=1, orphans=0)
    assert table([row]).splitlines() == [
        "operation  fault  injected  converged  rolled back  orphans",
        "launch     502          16         15            1        0",
    ]


@pytest.mark.parametrize(("operation", "requests"), [("launch", 19), ("launch reviewed", 20)])
def test_a_launch_makes_few_requests(matrix: Matrix, operation: str, requests: int) -> None:
    """GitHub refuses reviewers once in the first; the second looks up an organization twice."""
    assert matrix.number_of_requests(OPERATIONS[operation]) == requests


def _share(matrix: Matrix, operation: str, fault: str) -> list[int]:
    """Deal the requests out to the faults, so that each has at least one."""
    count = matrix.number_of_requests(OPERATIONS[operation], fault)
    number = FAULTS.index(fault)
    dealt = list(range(number + 1, count + 1, len(FAULTS)))
    return dealt or [number % count + 1]
