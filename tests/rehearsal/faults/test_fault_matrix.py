"""Whatever fails at whichever request: a project is whole or gone, and can be asked for again.

Real servers, real Lambda processes. The faults that only show there (broken connections, missing
answers, killed processes) hit every request; each answer that is an error hits one request of each
operation here, and every request in `test_every_request.py`, in memory. `make bench` does all of
it over real processes.
"""

import pytest

from rehearsal.trials.fault_kinds import ANSWERS, APPLIED, FAULTS, PROCESS_FAULTS
from rehearsal.trials.ground import Ground
from rehearsal.trials.matrix import (
    OPERATIONS,
    MatrixReport,
    Trial,
    every_fault,
    list_points,
    run_matrix,
)
from rehearsal.trials.request_points import RequestPoint
from rehearsal.trials.rows import sum_up


@pytest.fixture(scope="module")
def report(ground: Ground) -> MatrixReport:
    points = list_points(ground)
    of_processes = [t for t in every_fault(points, PROCESS_FAULTS) if _shows_something(t)]
    return run_matrix(ground, points, [*of_processes, *_each_answer_somewhere(points)])


def _shows_something(trial: Trial) -> bool:
    """Reading has no effect that a fault after it could leave behind."""
    return not (trial.point.method == "GET" and trial.fault in APPLIED)


def _each_answer_somewhere(points: list[RequestPoint]) -> list[Trial]:
    """Each answer once per operation, spread over its requests."""
    return [
        Trial(own[number * len(own) // len(ANSWERS)], fault)
        for operation in OPERATIONS
        for own in [[point for point in points if point.operation == operation]]
        for number, fault in enumerate(ANSWERS)
    ]


@pytest.mark.timeout(1800)
def test_every_operation_is_whole_or_taken_back_and_can_be_repeated(report: MatrixReport) -> None:
    assert report.broken == []
    assert [result for result in report.results if not result.is_good] == []


@pytest.mark.timeout(1800)
def test_nothing_is_left_when_all_projects_are_deleted(report: MatrixReport) -> None:
    assert report.left == []


@pytest.mark.timeout(1800)
def test_every_fault_was_injected_in_every_operation(report: MatrixReport) -> None:
    injected = {(row.operation, row.fault) for row in sum_up(report.results) if row.injected}
    assert injected == {(operation, fault) for operation in OPERATIONS for fault in FAULTS}


@pytest.mark.timeout(1800)
def test_every_request_was_hit_by_every_fault_of_processes(report: MatrixReport) -> None:
    missed = [
        (result.fault, result.request)
        for result in report.results
        if result.fault in PROCESS_FAULTS and not result.injected
    ]
    assert missed == []


@pytest.mark.timeout(1800)
def test_a_launch_writes_to_each_repository_with_one_push(report: MatrixReport) -> None:
    pushes = [
        point
        for point in report.points
        if point.operation == "launch" and point.path.endswith("git\\-receive\\-pack")
    ]
    assert sorted(point.nth for point in pushes) == [1, 1]
