"""What a commit says of the pipeline that it started."""

from typing import Any

import pytest

from deploy_dispatch.failure_reason import failure_reason
from deploy_dispatch.project import Project
from deploy_dispatch.report_execution import Execution, parse_execution, report_execution
from github_client.errors import RefusedError
from tests.unit.functions.invocation_fakes import client_error
from tests.unit.functions.project_repository.scripted_api import ScriptedApi

PROJECT = Project("octo", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
PIPELINE, COMMIT = "arn:aws:sagemaker:eu-west-1:1:pipeline/rings", "c" * 40
ID = "abcdefghijkl"
STATUSES = f"/repos/octo/rings-build/commits/{COMMIT}/statuses?per_page=100"
DETAIL = {
    "currentPipelineExecutionStatus": "Executing",
    "pipelineExecutionDescription": f"Commit {COMMIT}",
    "pipelineArn": PIPELINE,
    "pipelineExecutionArn": f"{PIPELINE}/execution/{ID}",
}


def _execution(status: str = "Executing", reason: str = "") -> Execution:
    return Execution("rings", PIPELINE, ID, status, COMMIT, reason)


def test_an_execution_is_read_from_its_event() -> None:
    execution = parse_execution(DETAIL)
    assert execution == _execution()
    assert execution is not None
    assert execution.arn == f"{PIPELINE}/execution/{ID}"


@pytest.mark.parametrize(
    "changed",
    [
        {"currentPipelineExecutionStatus": "Stopping"},
        {"currentPipelineExecutionStatus": None},
        {"pipelineExecutionDescription": "by hand"},
        {"pipelineExecutionDescription": None},
        {"pipelineExecutionDescription": "c" * 41},
    ],
)
def test_an_execution_of_no_commit_or_with_no_news_is_passed_over(changed: Any) -> None:
    assert parse_execution(DETAIL | changed) is None


@pytest.mark.parametrize(
    ("execution", "said"),
    [
        (_execution("Succeeded"), f"rings succeeded: {ID}"),
        (_execution("Failed"), f"rings failed: {ID}"),
        (_execution("Failed", "Train: no"), f"Train: no: {ID}"),
        (_execution("Failed", "x" * 126), f"{'x' * 126}: {ID}"),
        (_execution("Failed", "x" * 127), f"{'x' * 126}: {ID}"),
    ],
)
def test_the_text_is_as_long_as_github_takes_and_ends_with_the_execution(
    execution: Execution, said: str
) -> None:
    assert execution.description == said
    assert len(said) <= 140


def _report(execution: Execution, *script: Any) -> list[tuple[str, str, Any]]:
    api: Any = ScriptedApi(*script)
    report_execution(api, PROJECT, execution)
    assert api.script == []
    found: list[tuple[str, str, Any]] = api.asked
    return found


def _status(state: str = "success", context: str = "SageMaker Pipeline", id_: str = ID) -> Any:
    return {"state": state, "context": context, "description": f"rings succeeded: {id_}"}


def _set(state: str) -> tuple[str, str, Any]:
    said = {"pending": "executing", "success": "succeeded", "failure": "failed"}[state]
    body = {
        "state": state,
        "context": "SageMaker Pipeline",
        "description": f"rings {said}: {ID}",
    }
    return ("POST", f"/repos/octo/rings-build/statuses/{COMMIT}", body)


@pytest.mark.parametrize(
    "before",
    [
        (200, []),
        (404, {"message": "Not Found"}),
        (422, {"message": "No commit found"}),
        (200, [_status("pending"), _status(context="CI"), _status(id_="another")]),
    ],
    ids=["nothing", "no repository", "no commit", "others"],
)
def test_a_beginning_is_told_unless_the_end_was(before: Any) -> None:
    assert _report(_execution(), before, (201, {})) == [("GET", STATUSES, None), _set("pending")]


def test_a_beginning_that_comes_after_the_end_is_not_told() -> None:
    assert _report(_execution(), (200, [_status("error")])) == [("GET", STATUSES, None)]


@pytest.mark.parametrize(("status", "state"), [("Succeeded", "success"), ("Failed", "failure")])
def test_an_end_is_told_without_a_look(status: str, state: str) -> None:
    assert _report(_execution(status), (201, {})) == [_set(state)]


def test_a_commit_that_is_no_more_is_passed_over() -> None:
    gone = RefusedError("POST", "/statuses", 422, "No commit found for SHA: c")
    assert len(_report(_execution("Succeeded"), gone)) == 1


@pytest.mark.parametrize("refusal", [(422, "it is bad"), (404, "No commit found")])
def test_another_refusal_is_raised(refusal: tuple[int, str]) -> None:
    with pytest.raises(RefusedError):
        _report(_execution("Succeeded"), RefusedError("POST", "/statuses", *refusal))


class _SageMaker:
    def __init__(self, told: Any) -> None:
        self._told = told
        self.asked: dict[str, str] = {}

    def list_pipeline_execution_steps(self, **request: str) -> Any:
        self.asked = request
        if isinstance(self._told, Exception):
            raise self._told
        return {"PipelineExecutionSteps": self._told}


def test_the_first_step_that_failed_tells_why() -> None:
    failed = [
        {"StepName": "One", "StepStatus": "Succeeded", "FailureReason": "x"},
        {"StepName": "Two", "StepStatus": "Failed"},
        {"StepName": "Three", "StepStatus": "Failed", "FailureReason": " it\n broke "},
        {"StepName": "Four", "StepStatus": "Failed", "FailureReason": "x"},
    ]
    sagemaker = _SageMaker(failed)
    assert failure_reason(sagemaker, "arn:execution") == "Three: it broke"
    assert sagemaker.asked == {"PipelineExecutionArn": "arn:execution", "SortOrder": "Ascending"}


@pytest.mark.parametrize("told", [[], client_error("List", "AccessDeniedException")])
def test_without_a_reason_there_is_none(told: Any) -> None:
    assert failure_reason(_SageMaker(told), "arn:execution") == ""
