"""Behaviour of the function behind EventBridge."""

import json
from typing import Any

import pytest

from deploy_dispatch.dispatch_workflow import DispatchRefusedError
from deploy_dispatch.handler import APPROVAL_EVENT, EXECUTION_EVENT, UnknownEventError, handle_event
from deploy_dispatch.project import ProjectParameterError
from github_client.errors import (
    InvalidTokenError,
    RefusedError,
    TokenSecretGoneError,
    UnreachableError,
)
from tests.unit.functions.fake_github import Repository
from tests.unit.functions.invocation_fakes import SECRET_ARN, FakeContext, Stage

GROUP = "Rings-p-abcdefghijkl"
ARNS = "arn:aws:sagemaker:eu-west-1:111122223333"
PACKAGE = f"{ARNS}:model-package/{GROUP}/3"
PARAMETER = {
    "owner": "ada",
    "build_repository": "rings-build",
    "deploy_repository": "rings-deploy",
    "deploy_workflow": "deploy.yml",
    "default_branch": "main",
    "token_secret_arn": SECRET_ARN,
    "written_by_a_later_version": "ignored",
}


def approval(**changed: Any) -> dict[str, Any]:
    """An approval event."""
    detail = {
        "ModelPackageGroupName": GROUP,
        "ModelPackageVersion": 3,
        "ModelPackageArn": PACKAGE,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "UpdatedModelPackageFields": ["ModelApprovalStatus", "ApprovalDescription"],
        **changed,
    }
    detail = {key: value for key, value in detail.items() if value is not None}
    return {"id": "1", "source": "aws.sagemaker", "detail-type": APPROVAL_EVENT, "detail": detail}


def execution(status: str, description: str, name: str = GROUP) -> dict[str, Any]:
    """A pipeline execution event."""
    detail = {
        "pipelineExecutionDisplayName": "x",
        "currentPipelineExecutionStatus": status,
        "pipelineExecutionDescription": description,
        "pipelineArn": f"{ARNS}:pipeline/{name}",
        "pipelineExecutionArn": f"{ARNS}:pipeline/{name}/execution/abcdefghijkl",
    }
    return {"id": "2", "source": "aws.sagemaker", "detail-type": EXECUTION_EVENT, "detail": detail}


def expect_project(stage: Stage, value: str | None = None, name: str = GROUP) -> None:
    """Let the project be found once."""
    parameter = {"Name": "x", "Value": json.dumps(PARAMETER) if value is None else value}
    stage.stub("ssm").add_response(
        "get_parameter", {"Parameter": parameter}, {"Name": f"/mlops-sm-project/{name}"}
    )


def run(stage: Stage, event: dict[str, Any], left_seconds: float = 60) -> str:
    """Send one event."""
    return handle_event(event, FakeContext(left_seconds), stage.tools())


def run_in_project(stage: Stage, event: dict[str, Any]) -> str:
    """Send one event of a project whose token works."""
    expect_project(stage)
    stage.expect_token()
    return run(stage, event)


@pytest.fixture
def build(stage: Stage) -> Repository:
    """The build repository; the deploy repository exists too."""
    stage.github.add("ada", "rings-deploy")
    return stage.github.add("ada", "rings-build")


@pytest.mark.parametrize("fields", [["ModelApprovalStatus"], [], None])
def test_an_approval_starts_the_deployment_of_that_version(
    stage: Stage, build: Repository, fields: Any
) -> None:
    run_in_project(stage, approval(UpdatedModelPackageFields=fields))
    body = {"ref": "main", "inputs": {"model_package_arn": PACKAGE}}
    assert stage.github.dispatches == [("ada/rings-deploy", body)]


@pytest.mark.parametrize(
    "changed",
    [
        {"UpdatedModelPackageFields": ["CustomerMetadataProperties"]},
        {"ModelApprovalStatus": "Rejected"},
        {"ModelApprovalStatus": "PendingManualApproval"},
        {"ModelPackageStatus": "InProgress"},
        {"ModelPackageGroupName": None},
    ],
)
def test_what_is_no_approval_starts_nothing(stage: Stage, changed: dict[str, Any]) -> None:
    assert run(stage, approval(**changed)).startswith("ignored")
    assert stage.github.exchanges == []


def test_an_approval_in_a_foreign_group_starts_nothing(stage: Stage) -> None:
    stage.stub("ssm").add_client_error("get_parameter", "ParameterNotFound")
    assert "belongs to no project" in run(stage, approval())
    assert stage.github.exchanges == []


def test_a_broken_parameter_is_told(stage: Stage) -> None:
    expect_project(stage, value='{"owner": "ada"}')
    with pytest.raises(ProjectParameterError, match="'build_repository' is missing"):
        run(stage, approval())


def test_a_failure_of_aws_is_raised_so_that_the_event_is_tried_again(stage: Stage) -> None:
    stage.stub("ssm").add_client_error("get_parameter", "ThrottlingException")
    with pytest.raises(Exception, match="ThrottlingException"):
        run(stage, approval())


def test_a_missing_secret_is_raised(stage: Stage) -> None:
    expect_project(stage)
    stage.stub("secretsmanager").add_client_error("get_secret_value", "ResourceNotFoundException")
    with pytest.raises(TokenSecretGoneError, match="the secret is deleted"):
        run(stage, approval())


def test_an_expired_token_is_raised(stage: Stage, build: Repository) -> None:
    stage.github.token = "another"
    with pytest.raises(InvalidTokenError):
        run_in_project(stage, approval())


def test_a_github_that_is_down_is_raised_within_the_functions_time(
    stage: Stage, build: Repository
) -> None:
    stage.github.fail("POST", "/dispatches", (502, {"message": "down"}), times=99)
    with pytest.raises(UnreachableError):
        run_in_project(stage, approval())
    assert sum(stage.time.slept) < 58


@pytest.mark.parametrize(
    ("status", "message", "remedy"),
    [
        (404, "Not Found", "restore the repository, the file deploy.yml"),
        (403, "Repository was archived so is read-only.", "unarchive the repository"),
        (422, "No ref found for: main", "restore the branch main"),
        (422, "Workflow does not have 'workflow_dispatch' trigger", "give the workflow"),
    ],
)
def test_a_refused_dispatch_names_its_remedy(
    stage: Stage, build: Repository, status: int, message: str, remedy: str
) -> None:
    stage.github.fail("POST", "/dispatches", (status, {"message": message}))
    with pytest.raises(DispatchRefusedError, match=remedy):
        run_in_project(stage, approval())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Executing", "pending"),
        ("Succeeded", "success"),
        ("Failed", "failure"),
        ("Stopped", "error"),
    ],
)
def test_an_execution_is_reported_on_its_commit(
    stage: Stage, build: Repository, status: str, state: str
) -> None:
    run_in_project(stage, execution(status, f"Commit {build.branches['main']}"))
    (reported,) = build.statuses
    assert reported["state"] == state
    assert reported["context"] == "SageMaker Pipeline"
    assert reported["description"] == f"{GROUP} {status.lower()}: abcdefghijkl"


def test_a_late_beginning_does_not_undo_an_end(stage: Stage, build: Repository) -> None:
    description = f"Commit {build.branches['main']}"
    run_in_project(stage, execution("Succeeded", description))
    run_in_project(stage, execution("Executing", description))
    assert [status["state"] for status in build.statuses] == ["success"]


@pytest.mark.parametrize(
    ("status", "description"), [("Stopping", "Commit " + "a" * 40), ("Succeeded", "by hand")]
)
def test_an_execution_without_news_or_commit_is_ignored(
    stage: Stage, status: str, description: str
) -> None:
    assert run(stage, execution(status, description)).startswith("ignored")


def test_a_pipeline_whose_arn_is_in_lower_case_is_found_by_its_name(
    stage: Stage, build: Repository
) -> None:
    stage.stub("ssm").add_client_error("get_parameter", "ParameterNotFound")
    arn = f"{ARNS}:pipeline/{GROUP.lower()}"
    stage.stub("sagemaker").add_response(
        "describe_pipeline", {"PipelineName": GROUP}, {"PipelineName": arn}
    )
    description = f"Commit {build.branches['main']}"
    run_in_project(stage, execution("Succeeded", description, name=GROUP.lower()))
    assert len(build.statuses) == 1


def test_an_execution_of_a_foreign_pipeline_is_ignored(stage: Stage) -> None:
    stage.stub("ssm").add_client_error("get_parameter", "ParameterNotFound")
    stage.stub("sagemaker").add_client_error("describe_pipeline", "ResourceNotFound")
    done = run(stage, execution("Succeeded", "Commit " + "a" * 40))
    assert "belongs to no project" in done


def test_a_commit_that_is_no_more_is_passed_over(stage: Stage, build: Repository) -> None:
    run_in_project(stage, execution("Succeeded", "Commit " + "a" * 40))
    assert build.statuses == []


def test_a_refused_status_is_raised(stage: Stage, build: Repository) -> None:
    archived = (403, {"message": "Repository was archived so is read-only."})
    stage.github.fail("POST", "/statuses/", archived)
    with pytest.raises(RefusedError, match="archived"):
        run_in_project(stage, execution("Failed", f"Commit {build.branches['main']}"))


def test_an_event_of_another_type_is_raised(stage: Stage) -> None:
    with pytest.raises(UnknownEventError, match="'Other'"):
        run(stage, {"detail-type": "Other", "detail": {}})
