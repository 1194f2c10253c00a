"""Whether a project is whole: what a launch or an update that succeeded must have brought about."""

import base64
from collections.abc import Callable, Iterator
from itertools import pairwise

from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.second_version import ADDED_LINE, ADDED_VARIABLE, CHANGED_FILE
from rehearsal.laboratory.trials.traces import list_traces

_AWS_RESOURCES = 13  # eight roles, secret, parameter, bucket, model package group, key


def missing_in_first_version(project: TrialProject) -> list[str]:
    """Say what is wrong with a project that was launched and not updated, or not with success."""
    return _missing(project, _second_version)


def missing_in_second_version(project: TrialProject) -> list[str]:
    """Say what is wrong with a project after an update that succeeded."""
    return _missing(project, _wrong_update)


def _missing(
    project: TrialProject, in_repository: Callable[[Lane, str], Iterator[str]]
) -> list[str]:
    return [
        *_wrong_resources(project),
        *(
            wrong
            for name in project.repositories
            for look in (_wrong_repository, in_repository)
            for wrong in look(project.lane, name)
        ),
    ]


def _wrong_resources(project: TrialProject) -> Iterator[str]:
    traces = list_traces(project)
    repositories = [trace for trace in traces if trace.startswith("repository ")]
    wanted = sorted(f"repository {name}" for name in project.repositories)
    if sorted(repositories) != wanted:
        yield f"{repositories} instead of {wanted}"
    others = len(traces) - len(repositories)
    if others != _AWS_RESOURCES:
        yield f"{others} AWS resources instead of {_AWS_RESOURCES}: {traces}"


def _wrong_repository(lane: Lane, name: str) -> Iterator[str]:
    answer = lane.github("GET", f"/repos/{name}")
    if not answer.ok:
        yield f"{name} answers {answer.status_code}"
        return
    repository = answer.json()
    if repository["default_branch"] != "main":
        yield f"the default branch of {name} is {repository['default_branch']}"
    if repository["archived"]:
        yield f"{name} is archived"
    for branch in ("main", "template"):
        if _head(lane, name, branch) is None:
            yield f"{name} has no branch {branch}"
    if not _messages(lane, name, "main"):
        yield f"{name} has no commit"


def _wrong_update(lane: Lane, name: str) -> Iterator[str]:
    if _variable(lane, name) != 1:
        yield f"project.env of {name} has {ADDED_VARIABLE} {_variable(lane, name)} times"
    if ADDED_LINE not in _text(lane, name, CHANGED_FILE, "template"):
        yield f"the branch template of {name} is not at the second version"
    messages = _messages(lane, name, "template")
    if any(later == earlier for later, earlier in pairwise(messages)):
        yield f"the branch template of {name} has a version twice in a row"
    pulls = _open_pulls(lane, name)
    if pulls != [_head(lane, name, "template")]:
        yield f"{name} has the open pull requests {pulls}"


def _second_version(lane: Lane, name: str) -> Iterator[str]:
    """Say what the second version has left in a repository that must not have it."""
    if _variable(lane, name):
        yield f"project.env of {name} has {ADDED_VARIABLE}"
    if ADDED_LINE in _text(lane, name, CHANGED_FILE, "template"):
        yield f"the branch template of {name} is at the second version"
    if pulls := _open_pulls(lane, name):
        yield f"{name} has the open pull requests {pulls}"


def _head(lane: Lane, name: str, branch: str) -> str | None:
    answer = lane.github("GET", f"/repos/{name}/git/ref/heads/{branch}")
    return str(answer.json()["object"]["sha"]) if answer.ok else None


def _messages(lane: Lane, name: str, branch: str) -> list[str]:
    """Messages of the commits; a commit of the template names the seed that it was made from."""
    answer = lane.github("GET", f"/repos/{name}/commits?sha={branch}&per_page=100")
    return [item["commit"]["message"] for item in answer.json()] if answer.ok else []


def _text(lane: Lane, name: str, file: str, branch: str) -> str:
    answer = lane.github("GET", f"/repos/{name}/contents/{file}?ref={branch}")
    return base64.b64decode(answer.json()["content"]).decode() if answer.ok else ""


def _variable(lane: Lane, name: str) -> int:
    lines = _text(lane, name, "project.env", "main").splitlines()
    return sum(line.startswith(f"{ADDED_VARIABLE}=") for line in lines)


def _open_pulls(lane: Lane, name: str) -> list[str]:
    answer = lane.github("GET", f"/repos/{name}/pulls?state=open")
    return [pull["head"]["sha"] for pull in answer.json()] if answer.ok else []
