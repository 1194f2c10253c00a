"""What a watch names of what GitHub and AWS answer, and what it takes for progress."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from botocore.exceptions import ClientError, EndpointConnectionError
from github import GithubException
from github.Repository import Repository
from github.WorkflowRun import WorkflowRun

from rehearsal.conductor.waiting import Sight, Watch
from rehearsal.conductor.waiting.watches import (
    watch_pipeline,
    watch_run,
    watch_runs,
    watch_stack,
    watch_stacks,
)

_STACK = "arn:aws:cloudformation:eu-west-1:1:stack/mlops-p-dev/1"
_PIPELINE = "arn:aws:sagemaker:eu-west-1:1:pipeline/p/execution/1"


def _run(status: str = "in_progress", **jobs: tuple[str, list[str]]) -> WorkflowRun:
    """A run of jobs, each with its status and those of its steps."""
    made = [
        SimpleNamespace(
            id=number,
            name=name,
            status=of_job,
            steps=[
                SimpleNamespace(number=place, name=f"step-{place}", status=of_step)
                for place, of_step in enumerate(of_steps, 1)
            ],
        )
        for number, (name, (of_job, of_steps)) in enumerate(jobs.items(), 1)
    ]
    return cast(WorkflowRun, SimpleNamespace(id=7, status=status, jobs=lambda: made))


_BUSY, _DONE, _NEXT = "in_progress", "completed", "queued"


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (_run("queued"), ""),
        (_run("queued", a=("queued", [])), "job a, queued"),
        (_run("waiting", a=("waiting", [])), "job a, waiting"),
        (_run(a=(_BUSY, [])), "job a"),
        (_run(a=(_BUSY, [_DONE, _BUSY, _NEXT])), "job a, step step-2"),
        (
            _run(a=(_BUSY, [_BUSY]), b=(_BUSY, [_DONE, _BUSY]), c=("queued", [])),
            "job a, step step-1; job b, step step-2",
        ),
        (_run(a=(_DONE, [_DONE]), b=("queued", [])), "job b, queued"),
        (_run("completed", a=(_DONE, [_DONE])), ""),
    ],
)
def test_a_run_is_named_by_its_jobs_and_their_steps(run: WorkflowRun, told: str) -> None:
    sight = watch_run(run)()
    assert sight is not None
    assert sight.step == told


def test_each_change_of_a_job_or_step_is_progress_and_nothing_else_is() -> None:
    runs = [
        _run("queued", a=("queued", [])),
        _run(a=(_BUSY, [_BUSY, _NEXT])),
        _run(a=(_BUSY, [_DONE, _NEXT])),
        _run(a=(_BUSY, [_DONE, _BUSY])),
        _run(a=(_DONE, [_DONE, _DONE])),
    ]
    marks = [_seen(watch_run(run)).mark for run in runs]
    assert len(set(marks)) == len(marks)
    assert marks == [_seen(watch_run(run)).mark for run in runs]


def test_of_several_runs_the_newest_that_goes_on_is_seen() -> None:
    runs = [
        _run("completed"),
        _run(new=(_BUSY, [])),
        _run(old=(_BUSY, [])),
    ]
    repository = SimpleNamespace(get_workflow_runs=lambda: runs)
    assert _seen(watch_runs(lambda: cast(Repository, repository))).step == "job new"
    ended = SimpleNamespace(get_workflow_runs=lambda: runs[:1])
    assert watch_runs(lambda: cast(Repository, ended))() is None


class CloudFormation:
    """Stacks by name, each with its events, the oldest first, as (resource, status)."""

    def __init__(self, **stacks: list[tuple[str, str]]) -> None:
        self._stacks = {name.replace("_", "-"): events for name, events in stacks.items()}

    def describe_stack_events(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 # AWS's name
        events = [
            {
                "EventId": str(number),
                "StackId": _STACK,
                "StackName": StackName,
                "LogicalResourceId": resource or StackName,
                "PhysicalResourceId": f"{resource}-1" if resource else _STACK,
                "ResourceType": f"AWS::Some::{resource}",
                "ResourceStatus": status,
            }
            for number, (resource, status) in enumerate(self._stacks[StackName])
        ]
        return {"StackEvents": events[::-1]}

    def list_stacks(self, *, StackStatusFilter: list[str]) -> dict[str, Any]:  # noqa: N803 # as above
        names = [n for n, events in self._stacks.items() if events[-1][1] in StackStatusFilter]
        return {"StackSummaries": [{"StackName": name} for name in names]}


_MAKES = [("", "CREATE_IN_PROGRESS"), ("Role", "CREATE_IN_PROGRESS")]


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (_MAKES[:1], "CloudFormation, mlops-p-dev: CREATE_IN_PROGRESS"),
        (_MAKES, "CloudFormation makes Role (AWS::Some::Role)"),
        (
            [*_MAKES, ("Topic", "CREATE_IN_PROGRESS"), ("Topic", "CREATE_COMPLETE")],
            "CloudFormation makes Role (AWS::Some::Role)",
        ),
        (
            [*_MAKES, ("Role", "CREATE_COMPLETE")],
            "CloudFormation, mlops-p-dev: CREATE_IN_PROGRESS",
        ),
        ([*_MAKES, ("Role", "CREATE_COMPLETE"), ("", "CREATE_COMPLETE")], ""),
        (
            [("", "DELETE_IN_PROGRESS"), ("Bucket", "DELETE_IN_PROGRESS")],
            "CloudFormation deletes Bucket (AWS::Some::Bucket)",
        ),
        (
            [("", "UPDATE_IN_PROGRESS"), ("Endpoint", "UPDATE_IN_PROGRESS")],
            "CloudFormation changes Endpoint (AWS::Some::Endpoint)",
        ),
    ],
)
def test_a_stack_is_named_by_the_resource_that_is_made(
    events: list[tuple[str, str]], told: str
) -> None:
    watch = watch_stack(CloudFormation(mlops_p_dev=events), lambda: "mlops-p-dev")
    assert _seen(watch).step == told


def test_each_event_of_a_stack_is_progress() -> None:
    marks = {
        _seen(watch_stack(CloudFormation(mlops_p_dev=_MAKES[:most]), lambda: "mlops-p-dev")).mark
        for most in (1, 2)
    }
    assert len(marks) == 2
    assert watch_stack(CloudFormation(), lambda: None)() is None


def test_of_an_account_those_stacks_are_seen_that_change() -> None:
    account = CloudFormation(
        done=[("", "CREATE_COMPLETE")], one=_MAKES, two=[("", "DELETE_IN_PROGRESS")]
    )
    told = "CloudFormation makes Role (AWS::Some::Role); CloudFormation, two: DELETE_IN_PROGRESS"
    assert _seen(watch_stacks(account)).step == told
    assert watch_stacks(CloudFormation(done=[("", "CREATE_COMPLETE")]))() is None


def test_an_execution_is_named_by_its_steps_and_moves_with_them() -> None:
    states = {"Preprocess": "Succeeded", "Train": "Executing", "Card": "Starting"}

    def list_steps(**_asked: str) -> dict[str, Any]:
        listed = [{"StepName": name, "StepStatus": status} for name, status in states.items()]
        return {"PipelineExecutionSteps": listed}

    sagemaker = SimpleNamespace(list_pipeline_execution_steps=list_steps)
    watch = watch_pipeline(sagemaker, lambda: _PIPELINE)
    before = _seen(watch)
    assert before.step == "pipeline step Card and Train"
    states["Train"] = "Succeeded"
    assert _seen(watch).step == "pipeline step Card"
    assert _seen(watch).mark != before.mark
    assert watch_pipeline(sagemaker, lambda: None)() is None


def _raise(error: Exception) -> Callable[..., Any]:
    def refuse(**_asked: str) -> None:
        raise error

    return refuse


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "Throttling"}}, "DescribeStackEvents"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        GithubException(502),
        requests.ConnectionError(),
    ],
)
def test_what_a_service_refuses_is_nothing_seen(error: Exception) -> None:
    refusing = SimpleNamespace(
        describe_stack_events=_raise(error),
        list_stacks=_raise(error),
        list_pipeline_execution_steps=_raise(error),
        get_workflow_runs=_raise(error),
        jobs=_raise(error),
    )
    watches: list[Watch] = [
        watch_stack(refusing, lambda: "one"),
        watch_stacks(refusing),
        watch_pipeline(refusing, lambda: _PIPELINE),
        watch_run(cast(WorkflowRun, refusing)),
        watch_runs(lambda: cast(Repository, refusing)),
    ]
    assert [watch() for watch in watches] == [None] * 5


def _seen(watch: Watch) -> Sight:
    sight = watch()
    assert sight is not None
    return sight
