"""Approvals that meet faults: through EventBridge, Lambda and DynamoDB to GitHub.

Stages: one project per lane; a clean approval in which the requests are listed; approvals that
meet every fault at every request, and approvals whose event is delivered several times; at last,
when everything is quiet, the runs of each version are counted on GitHub.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.request_points import RequestPoint
from rehearsal.laboratory.trials.sharing import share_out

_DUPLICATES = "the event delivered several times"
_ATTEMPTS = 3
_QUIET_SECONDS = 3.0
# What happens, and the request at which; None for what meets no fault.
_Trial = tuple[str, RequestPoint | None]


@dataclass(frozen=True)
class ApprovalRow:
    """Approvals of one scenario.

    Attributes:
        sent: approvals, each of which asks for one deployment.
        once: approvals that started exactly one.
        double: approvals that started more.
        lost: approvals that started none.
    """

    scenario: str
    sent: int
    once: int
    double: int
    lost: int


@dataclass
class ApprovalReport:
    """What the approvals came to.

    Attributes:
        not_injected: trials whose fault met no request, however often they were tried.
        broken: trials that ended in an error of their own.
    """

    points: list[RequestPoint]
    rows: list[ApprovalRow] = field(default_factory=list)
    not_injected: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def prepare(ground: Ground) -> list[Approver]:
    """Launch a project in each lane.

    Raises:
        RehearsalError: a launch failed.
    """
    projects = [
        TrialProject(Lane(ground, login), f"model{number:02}")
        for number, login in enumerate(ground.lanes, 1)
    ]
    for project in projects:
        project.begin_launch()
    for project in projects:
        ending = project.await_launch(seconds=600)
        if not ending.is_good:
            raise RehearsalError(f"The launch of {project.name} failed: {ending.reason}")
    return [Approver(project) for project in projects]


def list_points(approver: Approver) -> list[RequestPoint]:
    """Approve a version without a fault and list the function's requests."""
    arn = approver.register()
    _, points = approver.project.list_points("approval", partial(_approve, approver, arn))
    return points


def run_approvals(
    approvers: Sequence[Approver],
    faults: Sequence[str],
    *,
    times: int = 1,
    everywhere: bool = True,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> ApprovalReport:
    """Meet every fault at every request of an approval, then duplicates; count the runs.

    Args:
        approvers: one per lane; each works in a thread.
        faults: kinds of the local GitHub.
        times: how often each is tried.
        everywhere: at every request; else each fault at one, spread over them.
        tell: hears how many approvals are over, and of how many.
    """
    report, sending = ApprovalReport(list_points(approvers[0])), _Sending()
    trials: list[_Trial] = [
        (fault, point)
        for _ in range(times)
        for number, fault in enumerate(faults)
        for place, point in enumerate(report.points)
        if everywhere or number % len(report.points) == place
    ]
    trials += [(_DUPLICATES, None)] * len(approvers)
    report.broken = share_out(approvers, trials, sending.send, tell)
    report.not_injected = sending.not_injected
    report.rows = _count(approvers, sending.sent)
    return report


@dataclass
class _Sending:
    """Sends approvals, from several threads.

    The invocation for the approval before looks once more when it has started its run. If it sees
    the next approval by then, it starts that, too, with the stages that it has read, and a fault
    at reading them meets nobody: another version is approved then, in quiet.

    Attributes:
        sent: the scenario of each version that was approved, by its ARN.
        not_injected: as of the report.
    """

    sent: dict[str, str] = field(default_factory=dict)
    not_injected: list[str] = field(default_factory=list)

    def send(self, approver: Approver, trial: _Trial) -> None:
        """Approve a version, or several until the fault of the trial meets a request."""
        scenario, point = trial
        if point is None:
            _duplicate(approver, self._register(approver, scenario))
        elif not any(self._meets(approver, scenario, point) for _ in range(_ATTEMPTS)):
            self.not_injected.append(f"{scenario} at {point.shown}")

    def _meets(self, approver: Approver, fault: str, point: RequestPoint) -> bool:
        work = partial(_approve, approver, self._register(approver, fault))
        _, is_injected = approver.project.meet_fault(fault, point, work)
        if not is_injected:
            time.sleep(_QUIET_SECONDS)
        return is_injected

    def _register(self, approver: Approver, scenario: str) -> str:
        arn = approver.register()
        self.sent[arn] = scenario
        return arn


def _approve(approver: Approver, arn: str) -> None:
    approver.decide(arn)
    approver.wait_until_started(arn)


def _duplicate(approver: Approver, arn: str) -> None:
    """Approve, and deliver the event again: twice at once under its id, twice under others."""
    approver.decide(arn)
    same = approver.event_of(arn)
    for event in (same, same, approver.event_of(arn), approver.event_of(arn)):
        approver.deliver(event)
    approver.wait_until_started(arn)
    approver.deliver(approver.event_of(arn))


def _count(approvers: Sequence[Approver], sent: dict[str, str]) -> list[ApprovalRow]:
    """Count the runs when nothing is on its way any more."""
    time.sleep(_QUIET_SECONDS)
    runs: Counter[str] = Counter()
    for approver in approvers:
        runs.update(approver.runs())
    rows: dict[str, Counter[str]] = {}
    for arn, scenario in sent.items():
        started = runs[arn]
        outcome = "once" if started == 1 else "double" if started else "lost"
        rows.setdefault(scenario, Counter())[outcome] += 1
    return [
        ApprovalRow(scenario, count.total(), count["once"], count["double"], count["lost"])
        for scenario, count in rows.items()
    ]
