"""Brings a project's repository from whatever exists to what is wanted.

Stages: who owns it; whether it exists and is ours; creation; settings; environments; what roles
need to know of it. Each stage looks first, so that any prefix of the work, repeated, ends alike.
"""

import logging
from collections.abc import Callable, Collection
from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import (
    LAUNCH_SCOPES,
    OrganizationPermissionError,
    RefusedError,
    RepositoryGoneError,
)
from project_repository.find_repository import find_by_id, find_own, wait_for_own
from project_repository.identity import RepositoryIdentity, marked_description
from project_repository.owner import ORGANIZATION, Owner, resolve_owner
from project_repository.request import RepositoryRequest

# Whatever an owner's own default is: roles trust this branch's workflows.
DEFAULT_BRANCH = "main"
# A plan without environments answers any of these; the 404 may also be a repository not ready.
_NO_ENVIRONMENTS = frozenset({403, 404, 422})
_SETTINGS = {"has_wiki": False, "has_projects": False, "delete_branch_on_merge": True}

_log = logging.getLogger(__name__)


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
    wanted = request.environments
    environments = _ensure_environments(api, repository, wanted, frozenset(wanted))
    return _attributes(api, repository, environments)


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
        wanted = {"description": marked_description(request)}
        repository = api.send("PATCH", _path(repository), wanted, not_ready=NOT_READY).body
    new = frozenset(request.environments) - frozenset(previous.environments)
    environments = _ensure_environments(api, repository, request.environments, new)
    return _attributes(api, repository, environments)


def _needed_scopes(request: RepositoryRequest) -> tuple[str, ...]:
    return (*LAUNCH_SCOPES, "delete_repo") if request.on_delete == "delete" else LAUNCH_SCOPES


def _path(repository: dict[str, Any]) -> str:
    return f"/repos/{repository['full_name']}"


def _create(api: GitHubApi, request: RepositoryRequest, owner: Owner) -> dict[str, Any]:
    path = f"/orgs/{owner.name}/repos" if owner.kind == ORGANIZATION else "/user/repos"
    body = {
        "name": request.name,
        "description": marked_description(request),
        "private": True,
        "auto_init": False,  # the seed is the first commit
        **_SETTINGS,
    }
    try:
        created: dict[str, Any] = api.send("POST", path, body).body
    except RefusedError as error:
        if owner.kind == ORGANIZATION and error.status in (403, 404):
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


def _ensure_environments(
    api: GitHubApi, repository: dict[str, Any], names: tuple[str, ...], new: Collection[str]
) -> dict[str, bool]:
    """Make missing environments; one that exists keeps its reviewers and branch rules.

    Args:
        api: GitHub.
        repository: as GitHub describes it.
        names: all that are wanted.
        new: those to be made; another one that is missing was removed by a user, or not offered.

    Returns:
        Whether each exists now: none does on a plan that has no environments.
    """
    exists = {}
    for name in names:
        path = f"{_path(repository)}/environments/{name}"
        found = api.send("GET", path, accept=(403, 404)).status < 300
        if not found and name in new:
            answer = api.send("PUT", path, {}, accept=_NO_ENVIRONMENTS, not_ready=(404,))
            found = answer.status < 300
            if not found:
                _log.warning(
                    "%s has no environment %s because GitHub answered %d (%s): the plan may "
                    "lack environments of private repositories",
                    repository["full_name"],
                    name,
                    answer.status,
                    answer.said,
                )
        exists[name] = found
    return exists


def _attributes(
    api: GitHubApi, repository: dict[str, Any], environments: dict[str, bool]
) -> dict[str, str]:
    prefix = _sub_claim_prefix(api, repository)
    branch = f"{prefix}:ref:refs/heads/{DEFAULT_BRANCH}"
    # Where the plan has no environment, the default branch alone stands for the stage.
    subjects = {
        f"SubClaim.{name}": f"{prefix}:environment:{name}" if exists else branch
        for name, exists in environments.items()
    }
    return {
        "RepositoryId": str(repository["id"]),
        "OwnerId": str(repository["owner"]["id"]),
        "FullName": repository["full_name"],
        "OwnerKind": repository["owner"]["type"],
        "SubClaimPrefix": prefix,
        "DefaultBranch": DEFAULT_BRANCH,
        "HtmlUrl": repository["html_url"],
        "Environments": ",".join(name for name, exists in environments.items() if exists),
        **subjects,
    }


def _sub_claim_prefix(api: GitHubApi, repository: dict[str, Any]) -> str:
    """Return what this repository's OIDC subjects begin with.

    GitHub Enterprise Server names no prefix: its subjects begin with the repository's name.
    """
    path = f"{_path(repository)}/actions/oidc/customization/sub"
    answer = api.send("GET", path, accept=(404,), not_ready=NOT_READY)
    prefix = answer.body.get("sub_claim_prefix") if answer.status < 300 else None
    return str(prefix or f"repo:{repository['full_name']}")
