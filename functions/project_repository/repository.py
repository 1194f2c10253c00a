"""Brings a project's repository from whatever exists to what is wanted.

Stages: who owns it; whether it exists and is ours; creation; settings; what the token may do with
it; environments; what roles need to know of it. Each stage looks first, so that any prefix of the
work, repeated, ends alike.
"""

from collections.abc import Callable, Mapping
from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import (
    LAUNCH_SCOPES,
    MissingPermissionError,
    OrganizationPermissionError,
    RefusedError,
    RepositoryGoneError,
)
from project_repository.environments import (
    Environments,
    EnvironmentWish,
    ensure_environments,
    gate_note,
)
from project_repository.find_repository import find_by_id, find_own, wait_for_own
from project_repository.identity import RepositoryIdentity, marked_description
from project_repository.owner import Owner, resolve_owner
from project_repository.permission_trials import try_permissions
from project_repository.request import RepositoryRequest

# Whatever an owner's own default is: roles trust this branch's workflows.
DEFAULT_BRANCH = "main"
_SETTINGS = {"has_wiki": False, "has_projects": False, "delete_branch_on_merge": True}


def create_repository(
    api: GitHubApi, request: RepositoryRequest, made: Callable[[dict[str, Any]], None]
) -> dict[str, str]:
    """Make the repository, or finish what an earlier try began.

    Args:
        api: GitHub.
        request: what is wanted.
        made: told of the repository as soon as it exists.

    Returns:
        The resource's attributes.

    Raises:
        RepositoryExistsError: the name is taken; nothing was made.
    """
    owner = resolve_owner(api, request.owner)
    api.require_scopes(_needed_scopes(request))
    repository = find_own(api, request) or _create(api, request, owner)
    made(repository)
    repository = _settle(api, repository)
    try_permissions(api, repository["full_name"])
    wanted, reviewed = request.environments, request.reviewed_environments
    wish = EnvironmentWish(wanted, reviewed, new=frozenset(wanted))
    environments = ensure_environments(api, _path(repository), wish, lambda: owner.acting_id)
    return _attributes(api, repository, request, environments)


def update_repository(
    api: GitHubApi,
    request: RepositoryRequest,
    previous: RepositoryRequest,
    identity: RepositoryIdentity,
) -> dict[str, str]:
    """Write what the template changed, and nothing else: settings made in GitHub stay.

    Raises:
        RepositoryGoneError: it no longer exists.
        RepositoryNotOursError: its name leads to another one.
    """
    repository = find_by_id(api, identity)
    if repository is None:
        raise RepositoryGoneError(identity.full_name)
    if request.description != previous.description:
        description = {"description": marked_description(request)}
        repository = api.send("PATCH", _path(repository), description, not_ready=NOT_READY).body
    wanted, reviewed = request.environments, request.reviewed_environments
    new = {*wanted} - {*previous.environments} | {*reviewed} - {*previous.reviewed_environments}
    wish = EnvironmentWish(wanted, reviewed, new)
    environments = ensure_environments(api, _path(repository), wish, lambda: _acting_id(api))
    return _attributes(api, repository, request, environments)


def _needed_scopes(request: RepositoryRequest) -> tuple[str, ...]:
    return (*LAUNCH_SCOPES, "delete_repo") if request.on_delete == "delete" else LAUNCH_SCOPES


def _path(repository: dict[str, Any]) -> str:
    return f"/repos/{repository['full_name']}"


def _acting_id(api: GitHubApi) -> int:
    return int(api.send("GET", "/user").body["id"])


def _create(api: GitHubApi, request: RepositoryRequest, owner: Owner) -> dict[str, Any]:
    path = f"/orgs/{owner.name}/repos" if owner.is_organization else "/user/repos"
    body = {
        "name": request.name,
        "description": marked_description(request),
        "private": True,
        "auto_init": False,  # the seed is the first commit
        **_SETTINGS,
    }
    try:
        created: dict[str, Any] = api.send("POST", path, body).body
    except MissingPermissionError as error:
        raise MissingPermissionError(error.accepted, owner.name) from None
    except RefusedError as error:
        if owner.is_organization and error.status in (403, 404):
            raise OrganizationPermissionError(owner.name, owner.acting_login, error.said) from None
        if error.status == 422 and "already exists" in error.said:
            # Either an earlier answer was lost, or somebody was faster.
            return wait_for_own(api, request)
        raise
    return created


def _settle(api: GitHubApi, repository: dict[str, Any]) -> dict[str, Any]:
    """Correct what differs; a repository that was just created needs no request."""
    wanted = {"private": True, "archived": False, **_SETTINGS}
    differing = {key: value for key, value in wanted.items() if repository.get(key, value) != value}
    if not differing:
        return repository
    settled: dict[str, Any] = api.send(
        "PATCH", _path(repository), differing, not_ready=NOT_READY
    ).body
    return settled


def _attributes(
    api: GitHubApi,
    repository: dict[str, Any],
    request: RepositoryRequest,
    environments: Environments,
) -> dict[str, str]:
    prefix = _sub_claim_prefix(api, repository)
    branch = f"{prefix}:ref:refs/heads/{DEFAULT_BRANCH}"
    exist = [name for name in request.environments if name in environments.asks]
    # Where the plan has no environment, the default branch alone stands for the stage.
    subjects = {
        name: f"{prefix}:environment:{name}" if name in exist else branch
        for name in request.environments
    }
    return {
        "RepositoryId": str(repository["id"]),
        "OwnerId": str(repository["owner"]["id"]),
        "FullName": repository["full_name"],
        "OwnerKind": repository["owner"]["type"],
        "SubClaimPrefix": prefix,
        "DefaultBranch": DEFAULT_BRANCH,
        "HtmlUrl": repository["html_url"],
        "Environments": ",".join(exist),
        **_subjects(request, subjects),
        **(_gate(environments, request.reviewed_environments) if request.environments else {}),
    }


def _subjects(request: RepositoryRequest, subjects: Mapping[str, str]) -> dict[str, str]:
    """Return the subject of each stage by its place, which a template can name beforehand.

    An answer has room for one of each, and templates from before ask by the environment's name.
    """
    if not request.places:
        return {f"SubClaim.{name}": subject for name, subject in subjects.items()}
    return {
        f"StageClaim.{number}": subjects[name]
        for number, name in enumerate(request.places, start=1)
        if name in subjects
    }


def _gate(environments: Environments, reviewed: tuple[str, ...]) -> dict[str, str]:
    gate = environments.gate(reviewed)
    return {"ApprovalGate": gate, "ApprovalGateNote": gate_note(gate, reviewed)}


def _sub_claim_prefix(api: GitHubApi, repository: dict[str, Any]) -> str:
    """Return what this repository's OIDC subjects begin with.

    GitHub Enterprise Server names no prefix: its subjects begin with the repository's name.
    """
    path = f"{_path(repository)}/actions/oidc/customization/sub"
    answer = api.send("GET", path, accept=(404,), not_ready=NOT_READY)
    prefix = answer.body.get("sub_claim_prefix") if answer.status < 300 else None
    return str(prefix or f"repo:{repository['full_name']}")
