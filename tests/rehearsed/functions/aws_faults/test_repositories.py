"""Whatever AWS does at a call, a project's repositories are as wished, or taken back whole."""

from collections.abc import Iterator

import pytest

from tests.rehearsed.functions.aws_faults.faulty_aws import DEATHS, PASSING, Call
from tests.rehearsed.functions.aws_faults.repositories import AwsMatrix, name_fault
from tests.rehearsed.functions.aws_faults.verdicts import FAULTS
from tests.rehearsed.functions.fault_matrix.matrix import OPERATIONS, Row, open_matrix

PLAYED = ("launch", "update", "rename", "archive", "delete")
GITHUB_KINDS = ("502", "502-after", "reset", "lost", "kill-after", "403")
_GITHUB_AT = (1, 3)


@pytest.fixture(scope="module")
def matrix() -> Iterator[AwsMatrix]:
    """One GitHub and one AWS for all cases."""
    with open_matrix(AwsMatrix) as opened:
        yield opened


def _rows(matrix: AwsMatrix, name: str, *, step: int = 1) -> list[tuple[str, bool, Row]]:
    operation = OPERATIONS[name]
    cases = [(call, kind, lasts) for call in matrix.calls_of(operation) for kind, lasts in FAULTS]
    return [
        (fault, kind in PASSING + DEATHS and not lasts, matrix.row(operation, fault, [call.nth]))
        for call, kind, lasts in cases[::step]
        for fault in [name_fault(call, kind, lasts=lasts)]
    ]


def _require_clean(rows: list[tuple[str, bool, Row]]) -> None:
    assert rows
    for fault, passes, row in rows:
        assert row.is_clean, row.problems
        if passes:
            assert row.converged == row.injected, f"{fault} was not waited out"


@pytest.mark.tier("test")
@pytest.mark.parametrize("name", PLAYED)
def test_a_share_of_the_faults_is_waited_out_or_taken_back(matrix: AwsMatrix, name: str) -> None:
    _require_clean(_rows(matrix, name, step=len(FAULTS) // 2 + 2))


@pytest.mark.proof("matrices")
@pytest.mark.parametrize("name", PLAYED)
def test_every_fault_is_waited_out_or_taken_back(matrix: AwsMatrix, name: str) -> None:
    _require_clean(_rows(matrix, name))


@pytest.mark.proof("matrices")
@pytest.mark.parametrize("github", GITHUB_KINDS)
@pytest.mark.parametrize("name", PLAYED)
def test_pairs_with_faults_of_github_are_waited_out(
    matrix: AwsMatrix, name: str, github: str
) -> None:
    for call in matrix.calls_of(OPERATIONS[name]):
        _require_clean(_pairs(matrix, name, call, github))


@pytest.mark.tier("test")
@pytest.mark.parametrize("name", PLAYED)
def test_a_pair_with_a_fault_of_github_is_waited_out(matrix: AwsMatrix, name: str) -> None:
    call = matrix.calls_of(OPERATIONS[name])[0]
    _require_clean(_pairs(matrix, name, call, GITHUB_KINDS[PLAYED.index(name)]))


def _pairs(matrix: AwsMatrix, name: str, call: Call, github: str) -> list[tuple[str, bool, Row]]:
    faults = [
        name_fault(call, kind, lasts=False, github=f"{github}@{at}")
        for kind in ("throttled", "lost", "kill")
        for at in _GITHUB_AT
    ]
    operation = OPERATIONS[name]
    return [(fault, True, matrix.row(operation, fault, [call.nth])) for fault in faults]
