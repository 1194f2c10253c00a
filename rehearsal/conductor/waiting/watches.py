"""What runs now, as GitHub and AWS tell whoever may ask: the step of a run, a stack, a pipeline.

A watch never ends a play: what a service refuses here is nothing seen. Sources: GitHub's REST API,
"List jobs for a workflow run"; DescribeStackEvents, which answers the newest event first;
ListPipelineExecutionSteps.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import requests
from botocore.exceptions import BotoCoreError, ClientError
from github import GithubException
from github.Repository import Repository
from github.WorkflowJob import WorkflowJob
from github.WorkflowRun import WorkflowRun

from rehearsal.conductor.waiting import Sight, Watch

_REFUSALS = (ClientError, BotoCoreError, GithubException, requests.RequestException)
_ENDED, _RUNS = "completed", "in_progress"
_GOES_ON = "_IN_PROGRESS"
_VERBS = {"CREATE": "makes", "UPDATE": "changes", "DELETE": "deletes", "IMPORT": "takes up"}
_CHANGING = [
    *(f"{kind}{_GOES_ON}" for kind in _VERBS),
    "ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_IN_PROGRESS",
]


def together(*watches: Watch) -> Watch:
    """See several things as one, the outer one first.

    What is refused now and then has not moved for that: each keeps the mark that it had.
    """
    marks: list[Hashable] = [None] * len(watches)

    def look() -> Sight | None:
        seen = [(place, sight) for place, watch in enumerate(watches) if (sight := watch())]
        for place, sight in seen:
            marks[place] = sight.mark
        return Sight(_joined([sight for _, sight in seen]), tuple(marks)) if seen else None

    return look


def watch_runs(repository: Callable[[], Repository]) -> Watch:
    """See the jobs of the newest run of a repository that has not ended."""

    def look() -> Sight | None:
        runs = repository().get_workflow_runs()
        run = next((run for run in runs if run.status != _ENDED), None)
        return _sight_of_run(run) if run is not None else None

    return _unless_refused(look)


def watch_run(run: WorkflowRun) -> Watch:
    """See the jobs of a run."""
    return _unless_refused(lambda: _sight_of_run(run))


def watch_stack(cloudformation: Any, name: Callable[[], str | None]) -> Watch:
    """See which resource of a stack is being made.

    Args:
        cloudformation: client of the stack's account.
        name: of the stack; None as long as it is not known.
    """

    def look() -> Sight | None:
        stack = name()
        return _sight_of_stack(cloudformation, stack) if stack is not None else None

    return _unless_refused(look)


def watch_stacks(cloudformation: Any) -> Watch:
    """See which resources are being made in all stacks of an account."""

    def look() -> Sight | None:
        listed = cloudformation.list_stacks(StackStatusFilter=_CHANGING)["StackSummaries"]
        sights = [_sight_of_stack(cloudformation, stack["StackName"]) for stack in listed]
        seen = [sight for sight in sights if sight is not None]
        return Sight(_joined(seen), tuple(sight.mark for sight in seen)) if seen else None

    return _unless_refused(look)


def watch_pipeline(sagemaker: Any, execution_arn: Callable[[], str | None]) -> Watch:
    """See which steps of a pipeline execution are at work."""

    def look() -> Sight | None:
        arn = execution_arn()
        if arn is None:
            return None
        steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        states = [(s["StepName"], s["StepStatus"]) for s in steps["PipelineExecutionSteps"]]
        running = [name for name, status in states if status in ("Starting", "Executing")]
        told = f"pipeline step {' and '.join(sorted(running))}" if running else ""
        return Sight(told, tuple(sorted(states)))

    return _unless_refused(look)


def _joined(sights: Sequence[Sight]) -> str:
    return "; ".join(sight.step for sight in sights if sight.step)


def _sight_of_run(run: WorkflowRun) -> Sight:
    jobs = list(run.jobs())
    mark = tuple(
        (job.id, job.status, *((step.number, step.status) for step in job.steps)) for job in jobs
    )
    return Sight("; ".join(_told_jobs(jobs)), (run.id, run.status, mark))


def _told_jobs(jobs: Sequence[WorkflowJob]) -> list[str]:
    """What runs; if nothing does, what waits."""
    running = [job for job in jobs if job.status == _RUNS]
    if not running:
        return [f"job {job.name}, {job.status}" for job in jobs if job.status != _ENDED][:1]
    steps = {job.id: [s.name for s in job.steps if s.status == _RUNS] for job in running}
    return [", step ".join([f"job {job.name}", *steps[job.id][:1]]) for job in running]


def _sight_of_stack(cloudformation: Any, name: str) -> Sight | None:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    if not events:
        return None
    return Sight(_told_resource(events), events[0]["EventId"])


def _told_resource(events: Sequence[dict[str, Any]]) -> str:
    """The resource that was begun last and has not ended; the stack itself if there is none."""
    if _is_of_stack(events[0]) and not events[0]["ResourceStatus"].endswith(_GOES_ON):
        return ""
    seen: set[str] = set()
    for event in events:
        resource, status = event["LogicalResourceId"], event["ResourceStatus"]
        if _is_of_stack(event):
            return f"CloudFormation, {event['StackName']}: {status}"
        if resource not in seen and status.endswith(_GOES_ON):
            verb = _VERBS.get(status.removesuffix(_GOES_ON), "works at")
            return f"CloudFormation {verb} {resource} ({event['ResourceType']})"
        seen.add(resource)
    return ""


def _is_of_stack(event: dict[str, Any]) -> bool:
    return bool(event.get("PhysicalResourceId") == event["StackId"])


def _unless_refused(look: Watch) -> Watch:
    def safe() -> Sight | None:
        try:
            return look()
        except _REFUSALS:
            return None

    return safe
