"""Finds out what a fine-grained token may do with a new repository, before it is filled.

GitHub does not list the permissions of a token. So each is asked for by a request that comes to
nothing: one that is refused with 403 without the permission, and with 404, 409 or 422 with it,
since the commit, the workflow or the branch that it names is not there. Administration is tried by
the creation, and Workflows by the push of the seed, the only request that needs it: either all of
the seed arrives or nothing.
Source: https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
"""

from typing import Any

from git_client.references import NO_OBJECT
from github_client.api import GitHubApi
from github_client.errors import RepositoryOutOfReachError
from github_client.refusals import require_permission

# What GitHub answers to whoever may do it: nothing there, nothing yet, or nothing to be made of it.
_COMES_TO_NOTHING = (404, 409, 422)
_NOWHERE = "permission-trial"
# Permission -> path below the repository's, and body of a POST, in the order of the manual.
_TRIALS: dict[str, tuple[str, dict[str, Any]]] = {
    "contents": ("/git/refs", {"ref": f"refs/heads/{_NOWHERE}", "sha": NO_OBJECT}),
    "actions": (f"/actions/workflows/{_NOWHERE}.yml/dispatches", {"ref": _NOWHERE}),
    "statuses": (f"/statuses/{NO_OBJECT}", {"state": "success", "context": _NOWHERE}),
    "pull_requests": ("/pulls", {"title": _NOWHERE, "head": _NOWHERE, "base": _NOWHERE}),
}


def try_permissions(api: GitHubApi, full_name: str) -> None:
    """Fail on the first permission that a token without scopes lacks.

    Raises:
        MissingPermissionError: naming it.
        RepositoryOutOfReachError: the token is for other repositories.
    """
    if api.scopes is not None:
        return  # a classic token, whose scopes were compared before anything was made
    repository_path = f"/repos/{full_name}"
    if api.send("GET", repository_path, accept=(404,), not_ready=(404,)).status == 404:
        raise RepositoryOutOfReachError(full_name)
    for permission, (path, body) in _TRIALS.items():
        answer = api.send(
            "POST", f"{repository_path}{path}", body, accept=(403, *_COMES_TO_NOTHING)
        )
        require_permission(answer, f"{permission}=write")
