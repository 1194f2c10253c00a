"""The whole fault matrix of the repository function: every request, every fault.

It runs in this process, over the function's code and the local GitHub's; `test_fault_matrix.py`
plays a part of it over sockets, in real stacks.
"""

import pytest

from tests.rehearsed.functions.fault_matrix.matrix import (
    OPERATIONS,
    run_matrix,
    table,
)


@pytest.mark.proof("matrices")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_fault_at_every_request(operation: str) -> None:
    rows = list(run_matrix([operation]))
    print(table(rows))  # noqa: T201 - shown with `pytest -rP`
    assert [row.problems for row in rows if not row.is_clean] == []
