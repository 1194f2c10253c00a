"""One GitHub for all cases, in memory where the machine has such a folder."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.rehearsed.functions.fault_matrix.matrix import Matrix, Row, open_matrix

ROWS_VARIABLE = "FAULT_MATRIX_ROWS"


@pytest.fixture(scope="session")
def matrix() -> Iterator[Matrix]:
    """The matrix; a case costs a few git processes and no request over a socket."""
    with open_matrix(Matrix) as opened:
        yield opened


@pytest.fixture(scope="session")
def rows() -> Iterator[list[Row]]:
    """The rows of the table; they are written as JSON to the file that the variable names."""
    found: list[Row] = []
    yield found
    file = os.environ.get(ROWS_VARIABLE)
    if file:
        Path(file).write_text(json.dumps([asdict(row) for row in found], indent=1))
