"""The functions' roles lose each of their actions, and each function says what it could not do."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.waiting import look_until_found
from rehearsal.laboratory.permissions.tried import ENDPOINTS_UNSEEN
from rehearsal.laboratory.trials.approver import Approver, stages_key
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.endpoint_stack import EndpointStack
from tests.rehearsed.permissions.pipeline import Pipeline
from tests.rehearsed.permissions.project_store import ProjectStore


@pytest.fixture(scope="module")
def store(project: TrialProject) -> ProjectStore:
    return ProjectStore(project)


@pytest.fixture(scope="module")
def approver(project: TrialProject, models: tuple[str, str]) -> Approver:
    """The reviewer of the project's models, when the deployments of both were started."""
    assert models
    return Approver(project)


def _invoke(project: TrialProject, function: str, event: dict[str, Any]) -> tuple[bool, str]:
    """Whether an invocation ended well, and what it said."""
    answer = project.lane.administrator("lambda").invoke(
        FunctionName=function, Payload=json.dumps(event).encode()
    )
    return "FunctionError" not in answer, answer["Payload"].read().decode()


def _forget(project: TrialProject, arn: str) -> None:
    """Remove what the ledger holds of a project's stages, so that its next event deploys.

    The runs that it ordered are cancelled first; those of strangers it would wait for.
    """
    _, deploy = project.repositories
    runs = f"/repos/{deploy}/actions/runs"

    def is_still() -> bool | None:
        found = project.lane.github_list(runs, "workflow_runs")
        left = [run["id"] for run in found if run["status"] != "completed"]
        for number in left:
            project.lane.github("POST", f"{runs}/{number}/cancel")
        return not left or None

    assert look_until_found(is_still, seconds=60)
    project.lane.administrator("dynamodb").delete_item(
        TableName=names.APPROVAL_TABLE, Key=stages_key(arn)
    )


def _forget_who_approved(project: TrialProject, arn: str) -> None:
    """Remove what the ledger holds of a version, so that people are asked to approve it again."""
    project.lane.administrator("dynamodb").delete_item(
        TableName=names.APPROVAL_TABLE, Key={"ClaimId": {"S": f"version {arn.lower()}"}}
    )


def _log_since(project: TrialProject, function: str, began: float) -> str:
    """What a function wrote into its log since a moment."""
    logs, group = project.lane.administrator("logs"), f"/aws/lambda/{function}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    return "\n".join(
        event["message"]
        for stream in streams
        for event in logs.get_log_events(
            logGroupName=group,
            logStreamName=stream["logStreamName"],
            startTime=int(began * 1000),
        )["events"]
    )


def _is_named(said: str, action: str) -> bool:
    """Whether words of a function name the action, or what it could not read without it."""
    if action == "secretsmanager:GetSecretValue":
        return "Secrets Manager answered AccessDeniedException" in said
    return f"is not authorized to perform: {action} " in said


@tried("dispatch function")
def test_the_dispatch_function_fails_and_names_what_its_role_lacks(
    without: Without,
    project: TrialProject,
    approver: Approver,
    models: tuple[str, str],
    seen: str,
    action: str,
) -> None:
    newest, _ = models
    with without("dispatch function", action):
        if seen == "people are not told what an approval lacks":
            _forget_who_approved(project, newest)
        else:
            _forget(project, newest)
        event = approver.event_of(newest)
        is_good, said = _invoke(project, names.DISPATCH_FUNCTION, event)
    assert not is_good
    assert _is_named(said, action)


@tried("tokens function")
def test_the_daily_look_fails_and_names_what_its_role_lacks(
    without: Without, project: TrialProject, stack: EndpointStack, seen: str, action: str
) -> None:
    event = {}
    if seen == ENDPOINTS_UNSEEN:
        stack.be_present()
        event = {"Look": "endpoints"}
    began = time.time()
    with without("tokens function", action):
        is_good, said = _invoke(project, names.TOKEN_FUNCTION, event)
    assert not is_good
    assert _is_named(said + _log_since(project, names.TOKEN_FUNCTION, began), action)


@tried("data function")
def test_the_data_function_fails_and_names_what_its_role_lacks(
    without: Without,
    project: TrialProject,
    store: ProjectStore,
    stack: EndpointStack,
    pipeline: Pipeline,
    seen: str,
    action: str,
) -> None:
    kind = "Data"
    properties: dict[str, Any] = store.make()
    if seen == "a running pipeline cannot be deleted":
        pipeline.start_on_new_data()
        properties["PipelineName"] = pipeline.name
    elif seen == "the deletion of the endpoint fails":
        stack.be_present()
        kind, properties = "Endpoints", {"ProjectId": project.id, "StackNames": [stack.name]}
    with without("data function", action):
        answer = store.delete(kind, properties)
    if seen == "a running pipeline cannot be deleted":
        pipeline.await_newest()
    assert answer["Status"] == "FAILED"
    assert _is_named(answer["Reason"], action)


def test_with_every_permission_the_functions_do_their_work(
    project: TrialProject, store: ProjectStore, approver: Approver, models: tuple[str, str]
) -> None:
    _forget(project, models[0])
    event = approver.event_of(models[0])
    assert _invoke(project, names.DISPATCH_FUNCTION, event)[0]
    for look in ({}, {"Look": "endpoints"}):
        assert _invoke(project, names.TOKEN_FUNCTION, look)[0]
    assert store.delete("Data", store.make())["Status"] == "SUCCESS"
