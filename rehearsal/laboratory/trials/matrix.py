"""The fault matrix over real processes: every request of a project's life, hit by faults.

Stages: one clean life in which the requests are listed; then lives in parallel lanes, in each of
which a launch that must be taken back, a launch, an update and a deletion meet one fault each; at
last a sweep through GitHub and AWS, in which nothing may be left.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.trials.fault_kinds import FAULTS
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import Ending, TrialProject
from rehearsal.laboratory.trials.refused_launch import OPERATION as REFUSED
from rehearsal.laboratory.trials.refused_launch import (
    give_back_name,
    refuse_launch,
    wrong_after_refusal,
)
from rehearsal.laboratory.trials.request_points import RequestPoint
from rehearsal.laboratory.trials.rows import TrialResult
from rehearsal.laboratory.trials.sharing import share_out
from rehearsal.laboratory.trials.traces import list_all_repositories, list_all_traces, list_traces
from rehearsal.laboratory.trials.wholeness import (
    missing_in_first_version,
    missing_in_second_version,
)

OPERATIONS = (REFUSED, "launch", "update", "delete")


class CleanLifeError(RehearsalError):
    """Without any fault an operation failed, so faults would show nothing."""


@dataclass(frozen=True)
class Trial:
    """A fault at a request."""

    point: RequestPoint
    fault: str


Life = tuple[int, tuple[Trial | None, ...]]
"""A number, which names the project, and the trial that each operation meets."""


@dataclass
class MatrixReport:
    """What the matrix found.

    Attributes:
        left: what the sweep found; empty, or something was never cleaned up.
        broken: lives that ended in an error of their own.
    """

    points: list[RequestPoint]
    results: list[TrialResult] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def list_points(ground: Ground) -> list[RequestPoint]:
    """Live a clean life and list the functions' requests.

    Raises:
        CleanLifeError: it did not go well.
    """
    project = TrialProject(Lane(ground, ground.lanes[0]), "clean")
    points: list[RequestPoint] = []
    for operation in OPERATIONS:
        ending, made = project.list_points(operation, partial(_operate, project, operation))
        wrong = _wrong(project, operation, ending)
        if operation == REFUSED and project.repositories[1] not in ending.reason:
            wrong.append("the reason does not name the repository that is in the way")
        if ending.is_good is (operation == REFUSED) or wrong:
            raise CleanLifeError(
                f"The {operation} failed without a fault: {ending.reason} {'; '.join(wrong)}",
                log=ground.world.logs / "aws.log",
            )
        points += made
        if operation == REFUSED:
            give_back_name(project)
    return points


def every_fault(points: Iterable[RequestPoint], faults: Sequence[str] = FAULTS) -> list[Trial]:
    """Each fault at each request."""
    return [Trial(point, fault) for fault in faults for point in points]


def run_matrix(
    ground: Ground,
    points: list[RequestPoint],
    trials: Sequence[Trial],
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> MatrixReport:
    """Try everything, one thread per lane.

    Args:
        ground: whose lanes are used.
        points: of the clean life, for the report.
        trials: what to try; their order does not matter.
        tell: hears how many lives are over, and of how many.
    """
    report = MatrixReport(points)

    def live(lane: Lane, life: Life) -> None:
        number, trials = life
        _live(TrialProject(lane, f"t{number:03}"), trials, report.results.append)

    lanes = [Lane(ground, login) for login in ground.lanes]
    report.broken = share_out(lanes, _plan_lives(trials), live, tell)
    report.left = _sweep(ground)
    return report


def _plan_lives(trials: Iterable[Trial]) -> list[Life]:
    """Put a trial of each operation into one life, as long as there are some."""
    by_operation = [[t for t in trials if t.point.operation == name] for name in OPERATIONS]
    return list(enumerate(zip_longest(*by_operation), 1))


def _live(
    project: TrialProject,
    trials: tuple[Trial | None, ...],
    note: Callable[[TrialResult], None],
) -> None:
    for operation, trial in zip(OPERATIONS, trials, strict=True):
        if trial is not None:
            note(_try(project, trial))
        elif operation in ("launch", "delete"):  # the others show nothing new without a fault
            _operate(project, operation)


def _try(project: TrialProject, trial: Trial) -> TrialResult:
    point = trial.point
    ending, is_injected = project.meet_fault(
        trial.fault, point, partial(_operate, project, point.operation)
    )
    problems = _wrong(project, point.operation, ending)
    outcome = "converged" if ending.is_good else "rolled back"
    return TrialResult(
        operation=point.operation,
        request=point.shown,
        fault=trial.fault,
        injected=is_injected,
        outcome="half done" if problems else outcome,
        reason=ending.reason,
        problems=problems,
        succeeds_again=None if ending.is_good else _ask_again(project, point.operation),
        seconds=round(ending.seconds, 2),
    )


def _operate(project: TrialProject, operation: str) -> Ending:
    if operation == REFUSED:
        return refuse_launch(project)
    actions = {"launch": project.launch, "update": project.update, "delete": project.delete}
    return actions[operation]()


def _wrong(project: TrialProject, operation: str, ending: Ending) -> list[str]:
    """What is wrong after an operation, given how it says it ended.

    A launch that failed leaves nothing, an update the first version; a deletion that failed may
    have done a part of its work, and is judged by whether it can be asked for again.
    """
    if operation == REFUSED:
        return wrong_after_refusal(project, ending)
    if ending.is_good:
        return _missing(project, operation)
    if operation == "launch":
        return list_traces(project)
    return missing_in_first_version(project) if operation == "update" else []


def _missing(project: TrialProject, operation: str) -> list[str]:
    """What is wrong after an operation that says it succeeded."""
    judges = {
        "launch": missing_in_first_version,
        "update": missing_in_second_version,
        "delete": list_traces,
    }
    return judges[operation](project)


def _ask_again(project: TrialProject, operation: str) -> bool:
    """Whether asking again succeeds; a failed launch is deleted first, as users must."""
    if operation == REFUSED:
        give_back_name(project)
        again = project.launch()
        good = again.is_good and not missing_in_first_version(project)
        return project.delete().is_good and good
    if operation == "launch":
        project.delete()
    ending = _operate(project, operation)
    return ending.is_good and not _missing(project, operation)


def _sweep(ground: Ground) -> list[str]:
    """Everything of any project that is left, once no project is."""
    lanes = [Lane(ground, login) for login in ground.lanes]
    repositories = [name for lane in lanes for name in list_all_repositories(lane)]
    return [*repositories, *list_all_traces(lanes[0])]
