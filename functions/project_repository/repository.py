"""Brings a project's repository from whatever exists to what is wanted.

Stages: who owns it; whether it exists and is ours; creation; settings; environments; what roles
need to know of it. Each stage looks first, so that any prefix of the work, repeated, ends alike.
"""

import logging
from collections.abc import Callable
from typing import Any

from github_client.api import NOT_READY, GitHubApi
from github_client.errors import (
    LAUNCH_SCOPES,
    OrganizationPermissionError,
    RefusedError,
    RepositoryExistsError,
    RepositoryGoneError,
    RepositoryNotOursError,
)
from project_repository.identity import RepositoryIdentity, is_marked, marked_description
from project_repository.owner import ORGANIZATION, Owner, resolve_owner
from project_repository.request import RepositoryRequest

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
    repository = _find_own(api, request) or _create(api, request, owner)
    made(repository)
    repository = _settle(api, repository)
    environments = _ensure_environments(api, repository, request.environments)
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
        repository = api.send("PATCH", _path(repository), wanted).body
    environments = _ensure_environments(api, repository, request.environments)
    return _attributes(api, repository, environments)


def find_by_id(api: GitHubApi, identity: RepositoryIdentity) -> dict[str, Any] | None:
    """Return the repository even if it was renamed or moved; None if it is gone.

    Raises:
        RepositoryNotOursError: another repository has its name now.
    """
    answer = api.send("GET", f"/repos/{identity.full_name}", accept=(404,))
    if answer.status == 404:
        api.require_scopes(LAUNCH_SCOPES[:1])  # without it GitHub hides what is private
        return None
    repository: dict[str, Any] = answer.body
    if str(repository["id"]) != identity.number:
        raise RepositoryNotOursError(identity.full_name, identity.number, str(repository["id"]))
    return repository


def find_marked(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any] | None:
    """Return the repository of that name if the marker shows it to be this project's."""
    repository = _find(api, request)
    return repository if repository is not None and is_marked(request, repository) else None


def _needed_scopes(request: RepositoryRequest) -> tuple[str, ...]:
    return (*LAUNCH_SCOPES, "delete_repo") if request.on_delete == "delete" else LAUNCH_SCOPES


def _path(repository: dict[str, Any]) -> str:
    return f"/repos/{repository['full_name']}"


def _find(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any] | None:
    answer = api.send("GET", f"/repos/{request.full_name}", accept=(404,))
    if answer.status == 404:
        return None
    repository: dict[str, Any] = answer.body
    # A redirect from an older name does not take the name.
    taken = str(repository["full_name"]).lower() == request.full_name.lower()
    return repository if taken else None


def _find_own(api: GitHubApi, request: RepositoryRequest) -> dict[str, Any] | None:
    repository = _find(api, request)
    if repository is not None and not is_marked(request, repository):
        raise RepositoryExistsError(request.full_name)
    return repository


def _create(api: GitHubApi, request: RepositoryRequest, owner: Owner) -> dict[str, Any]:
    path = f"/orgs/{owner.name}/repos" if owner.kind == ORGANIZATION else "/user/repos"
    body = {
        "name": request.name,
        "description": marked_description(request),
        "private": True,
        "auto_init": True,  # an empty repository refuses git objects with 409
        **_SETTINGS,
    }
    try:
        created: dict[str, Any] = api.send("POST", path, body).body
    except RefusedError as error:
        if owner.kind == ORGANIZATION and error.status in (403, 404):
            raise OrganizationPermissionError(owner.name, owner.acting_login, error.said) from None
        if error.status == 422 and "already exists" in error.said:
            # Either an earlier answer was lost, or somebody was faster.
            own = _find_own(api, request)
            if own is not None:
                return own
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
    api: GitHubApi, repository: dict[str, Any], names: tuple[str, ...]
) -> list[str]:
    """Make missing environments; one that exists keeps its reviewers and branch rules.

    Returns:
        The environments that exist now: none on a plan that has none.
    """
    existing = []
    for name in names:
        path = f"{_path(repository)}/environments/{name}"
        found = api.send("GET", path, accept=(403, 404)).status < 300
        if not found:
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
        existing += [name] if found else []
    return existing


def _attributes(
    api: GitHubApi, repository: dict[str, Any], environments: list[str]
) -> dict[str, str]:
    return {
        "RepositoryId": str(repository["id"]),
        "OwnerId": str(repository["owner"]["id"]),
        "FullName": repository["full_name"],
        "OwnerKind": repository["owner"]["type"],
        "SubClaimPrefix": _sub_claim_prefix(api, repository),
        "DefaultBranch": repository["default_branch"],
        "HtmlUrl": repository["html_url"],
        "Environments": ",".join(environments),
    }


def _sub_claim_prefix(api: GitHubApi, repository: dict[str, Any]) -> str:
    """Return what this repository's OIDC subjects begin with.

    GitHub Enterprise Server names no prefix: its subjects begin with the repository's name.
    """
    path = f"{_path(repository)}/actions/oidc/customization/sub"
    answer = api.send("GET", path, accept=(404,), not_ready=NOT_READY)
    prefix = answer.body.get("sub_claim_prefix") if answer.status < 300 else None
    return str(prefix or f"repo:{repository['full_name']}")
