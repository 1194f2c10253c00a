"""A deployment that GitHub refuses says why and what to do, and is not lost."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from github_client.errors import GitHubError
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld
from tests.unit.functions.invocation_fakes import SECRET_ARN

WORKFLOW = ".github/workflows/deploy.yml"


def approve(world: DispatchWorld) -> str:
    """Approve a version, and run the function once."""
    return world.invoke(world.decide(world.new_version(), "Approved"))


def write_workflow(world: DispatchWorld, change: Callable[[str], str], path: str) -> None:
    """Commit a changed workflow as a user does."""
    place = f"/repos/{REPOSITORY}/contents/{WORKFLOW}"
    found = world.github.rest("GET", place)
    text = change(base64.b64decode(found["content"]).decode())
    body = {"message": "Edit", "content": base64.b64encode(text.encode()).decode()}
    if path == WORKFLOW:
        body["sha"] = found["sha"]
    world.github.rest("PUT", f"/repos/{REPOSITORY}/contents/{path}", body)


def archive(world: DispatchWorld) -> None:
    world.github.rest("PATCH", f"/repos/{REPOSITORY}", {"archived": True})


def delete(world: DispatchWorld) -> None:
    world.github.rest("DELETE", f"/repos/{REPOSITORY}")


def rename_input(world: DispatchWorld) -> None:
    write_workflow(world, lambda text: text.replace("model_package_arn:", "arn:"), WORKFLOW)


def use_workflow(name: str) -> Callable[[DispatchWorld], None]:
    """The project names a workflow that the repository does not have."""
    return lambda world: set_parameter(world, deploy_workflow=name)


def use_branch(name: str) -> Callable[[DispatchWorld], None]:
    """The project names a branch that the repository does not have."""
    return lambda world: set_parameter(world, default_branch=name)


def set_parameter(world: DispatchWorld, **changed: str) -> None:
    ((name, value),) = world.aws.parameters.items()
    world.aws.parameters[name] = json.dumps(json.loads(value) | changed)


@pytest.mark.parametrize(
    ("cause", "why", "remedy"),
    [
        (archive, "the repository is archived", "unarchive it"),
        (delete, "the repository is deleted, or the token does not reach it", "restore it"),
        (use_workflow("old.yml"), "no file .github/workflows/old.yml", "restore the file"),
        (use_branch("trunk"), "has no branch trunk", "name its default branch trunk again"),
        (rename_input, "its inputs are not what an approval sends", "let it take the inputs"),
    ],
)
def test_a_refusal_names_cause_and_remedy(
    world: DispatchWorld, cause: Callable[[DispatchWorld], None], why: str, remedy: str
) -> None:
    cause(world)
    with pytest.raises(GitHubError, match=why) as caught:
        approve(world)
    assert remedy in str(caught.value)
    assert "make redrive" in str(caught.value)
    assert world.aws.under_way(GROUP) == {}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Cannot trigger a 'workflow_dispatch' on a disabled workflow", "is disabled; enable it"),
        ("Workflow does not have 'workflow_dispatch' trigger", "no trigger `workflow_dispatch`"),
        ("Workflow file x.yml does not exist on main", "no file .github/workflows/deploy.yml"),
        ("Required input 'stage' not provided", "require no other"),
        ("Something new", r"it answered 422 \(Something new\); correct what it names"),
    ],
)
def test_githubs_own_words_are_understood(
    world: DispatchWorld, monkeypatch: pytest.MonkeyPatch, said: str, why: str
) -> None:
    def request(method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        if method == "POST":
            body = json.dumps({"message": said}).encode()
            return urllib3.HTTPResponse(body=body, status=422)
        return real(method, url, **options)

    real = world.request
    monkeypatch.setattr(world, "request", request)
    with pytest.raises(GitHubError, match=why):
        approve(world)


def test_a_renamed_repository_is_named(world: DispatchWorld) -> None:
    world.github.rest("PATCH", f"/repos/{REPOSITORY}", {"name": "rings-live"})
    with pytest.raises(GitHubError, match="is now called octo/rings-live; rename it to"):
        approve(world)
    runs = world.github.rest("GET", "/repos/octo/rings-live/actions/runs")
    assert runs["total_count"] == 0  # the project's roles trust the old name


def test_a_workflow_that_is_gone_is_named_while_looking_for_a_run(world: DispatchWorld) -> None:
    world.github.faults.add("lost", method="POST", path="/dispatches$")
    world.github.faults.add("404", method="GET", path="/workflows/.*/runs")
    with pytest.raises(GitHubError, match="no file"):
        approve(world)
    assert len(world.aws.under_way(GROUP)) == 1  # it may be there: look again


def test_a_token_that_lost_its_access_is_told_from_a_missing_workflow(
    world: DispatchWorld,
) -> None:
    world.aws.secrets[SECRET_ARN] = "ghp_stranger"
    with pytest.raises(GitHubError, match="the token does not reach it"):
        approve(world)
