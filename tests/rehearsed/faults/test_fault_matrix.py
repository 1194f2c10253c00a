"""Whatever fails at whichever request: a project is whole or gone, and can be asked for again.

Real servers, real Lambda processes. In the tier `test` each fault hits one request of every second
operation, so that each operation meets half of them. In the proof each hits each operation, and
those that only show over processes (broken connections, missing answers, killed processes) hit
every request; each answer that is an error does that in `test_every_request.py`, in memory.
`make bench` does all of it over processes.
"""

import pytest

from rehearsal.laboratory.trials.fault_kinds import ANSWERS, APPLIED, FAULTS, PROCESS_FAULTS
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.matrix import (
    OPERATIONS,
    MatrixReport,
    Trial,
    every_fault,
    list_points,
    run_matrix,
)
from rehearsal.laboratory.trials.request_points import RequestPoint
from rehearsal.laboratory.trials.rows import sum_up

Pairs = list[tuple[str, str]]
"""An operation and a fault that one of its requests is to meet."""
ALL = [(operation, fault) for operation in OPERATIONS for fault in FAULTS]
HALF = [
    (operation, fault)
    for operation, fault in ALL
    if (OPERATIONS.index(operation) + FAULTS.index(fault)) % 2 == 0
]


def _shows_something(trial: Trial) -> bool:
    """Reading has no effect that a fault after it could leave behind."""
    return not (trial.point.method == "GET" and trial.fault in APPLIED)


def _at_one_request(points: list[RequestPoint], pairs: Pairs) -> list[Trial]:
    """Spread over the requests at which the fault shows something."""
    chosen = []
    for operation, fault in pairs:
        own = [
            trial
            for trial in every_fault([p for p in points if p.operation == operation], [fault])
            if _shows_something(trial)
        ]
        chosen.append(own[FAULTS.index(fault) * len(own) // len(FAULTS)])
    return chosen


def _everywhere(points: list[RequestPoint]) -> list[Trial]:
    """Each fault of processes at each request, and each answer once per operation."""
    of_processes = [t for t in every_fault(points, PROCESS_FAULTS) if _shows_something(t)]
    answers = [(operation, fault) for operation, fault in ALL if fault in ANSWERS]
    return [*of_processes, *_at_one_request(points, answers)]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(HALF, id="a share", marks=pytest.mark.timeout(900)),
        pytest.param(
            ALL,
            id="everything",
            marks=[pytest.mark.proof("matrices"), pytest.mark.timeout(3000)],
        ),
    ],
)
def pairs(request: pytest.FixtureRequest) -> Pairs:
    chosen: Pairs = request.param
    return chosen


@pytest.fixture(scope="module")
def report(ground: Ground, pairs: Pairs) -> MatrixReport:
    points = list_points(ground)
    trials = _everywhere(points) if pairs is ALL else _at_one_request(points, pairs)
    return run_matrix(ground, points, trials)


def test_every_operation_is_whole_or_taken_back_and_can_be_repeated(report: MatrixReport) -> None:
    assert report.broken == []
    assert [result for result in report.results if not result.is_good] == []


def test_nothing_is_left_when_all_projects_are_deleted(report: MatrixReport) -> None:
    assert report.left == []


def test_every_fault_was_injected_in_every_operation(report: MatrixReport, pairs: Pairs) -> None:
    injected = {(row.operation, row.fault) for row in sum_up(report.results) if row.injected}
    assert injected == set(pairs)
    assert {fault for _, fault in pairs} == set(FAULTS)
    assert {operation for operation, _ in pairs} == set(OPERATIONS)


def test_every_request_was_hit_by_every_fault_of_processes(report: MatrixReport) -> None:
    missed = [
        (result.fault, result.request)
        for result in report.results
        if result.fault in PROCESS_FAULTS and not result.injected
    ]
    assert missed == []


def test_a_launch_writes_to_each_repository_with_one_push(report: MatrixReport) -> None:
    pushes = [
        point
        for point in report.points
        if point.operation == "launch" and point.path.endswith("git\\-receive\\-pack")
    ]
    assert sorted(point.nth for point in pushes) == [1, 1]
