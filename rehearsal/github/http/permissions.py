"""Which permissions of a fine-grained token each request needs, and GitHub's refusal without them.

Source: "Permissions required for fine-grained personal access tokens" of GitHub's documentation
(its data for API version 2026-03-10, and for `GET /user` the header that GitHub was seen to send).
"""

from rehearsal.github.core.errors import ForbiddenError
from rehearsal.github.core.grants import PERMISSIONLESS, Grant
from rehearsal.github.http.call import REPO, ApiRoute, Call
from rehearsal.github.repositories.repositories import find_repository

NOT_ACCESSIBLE = "Resource not accessible by personal access token"
ACCEPTED_HEADER = "X-Accepted-GitHub-Permissions"
_COMMITS = "contents=write; contents=write,workflows=write"
_COMMENTS = "issues={0}; pull_requests={0}"
_ORG = "/orgs/{org}"
# By method and path below the API's address.
_ACCEPTED = {
    "GET /user": PERMISSIONLESS,
    "GET /users/{username}": PERMISSIONLESS,
    "GET /user/orgs": PERMISSIONLESS,
    "GET /meta": PERMISSIONLESS,
    "GET /user/repos": "metadata=read",
    "POST /user/repos": "administration=write",
    f"GET {_ORG}": PERMISSIONLESS,
    f"GET /user/memberships{_ORG}": "members=read",
    f"POST {_ORG}/repos": "administration=write",
    f"GET {_ORG}/actions/permissions": "organization_administration=read",
    f"GET {_ORG}/actions/permissions/selected-actions": "organization_administration=read",
    f"GET {_ORG}/actions/oidc/customization/sub": "organization_administration=read",
    f"GET {_ORG}/actions/runners": "organization_self_hosted_runners=read",
}
# The same below the address of a repository.
_OF_REPOSITORY = {
    "GET ": "metadata=read",
    "PATCH ": "administration=write",
    "DELETE ": "administration=write",
    "GET /branches": "contents=read",
    "GET /branches/{branch:path}": "contents=read",
    "GET /contents/{path:path}": "contents=read",
    "PUT /contents/{path:path}": _COMMITS,
    "GET /commits": "contents=read",
    "GET /commits/{ref:path}": "contents=read",
    "GET /compare/{basehead:path}": "contents=read",
    "GET /git/blobs/{sha}": "contents=read",
    "GET /git/trees/{sha}": "contents=read",
    "GET /git/commits/{sha}": "contents=read",
    "GET /git/ref/{ref:path}": "contents=read",
    "POST /git/refs": _COMMITS,
    "GET /commits/{ref:path}/status": "statuses=read",
    "GET /commits/{ref:path}/statuses": "statuses=read",
    "POST /statuses/{sha}": "statuses=write",
    "GET /commits/{sha}/comments": "metadata=read",
    "POST /commits/{sha}/comments": "contents=read",
    "GET /pulls": "pull_requests=read",
    "POST /pulls": "pull_requests=write",
    "GET /pulls/{pull_number}": "pull_requests=read",
    "PATCH /pulls/{pull_number}": "pull_requests=write",
    "PUT /pulls/{pull_number}/merge": "contents=write",
    "GET /issues/{number}/comments": _COMMENTS.format("read"),
    "POST /issues/{number}/comments": _COMMENTS.format("write"),
    "PATCH /issues/comments/{comment}": _COMMENTS.format("write"),
    "GET /environments": "actions=read",
    "GET /environments/{name}": "actions=read",
    "PUT /environments/{name}": "administration=write",
    "DELETE /environments/{name}": "administration=write",
    "GET /actions/secrets": "secrets=read",
    "GET /actions/secrets/public-key": "secrets=read",
    "PUT /actions/secrets/{name}": "secrets=write",
    "GET /actions/variables": "actions_variables=read",
    "POST /actions/variables": "actions_variables=write",
    "GET /actions/variables/{name}": "actions_variables=read",
    "PATCH /actions/variables/{name}": "actions_variables=write",
    "GET /actions/oidc/customization/sub": "actions=read",
    "GET /actions/workflows/{workflow}": "actions=read",
    "GET /actions/workflows/{workflow}/runs": "actions=read",
    "POST /actions/workflows/{workflow}/dispatches": "actions=write",
    "GET /actions/runs": "actions=read",
    "GET /actions/runs/{run}": "actions=read",
    "POST /actions/runs/{run}/cancel": "actions=write",
    "POST /actions/runs/{run}/rerun": "actions=write",
    "GET /actions/runs/{run}/attempts/{attempt}": "actions=read",
    "GET /actions/runs/{run}/jobs": "actions=read",
    "GET /actions/runs/{run}/pending_deployments": "actions=read",
    "POST /actions/runs/{run}/pending_deployments": "deployments=write",
    "GET /actions/runs/{run}/approvals": "actions=read",
    "GET /actions/jobs/{job}/logs": "actions=read",
}


def accepted_permissions(route: ApiRoute) -> str:
    """The value of GitHub's header for a request."""
    if route.path.startswith(REPO):
        return _OF_REPOSITORY[f"{route.method} {route.path.removeprefix(REPO)}"]
    return _ACCEPTED[f"{route.method} {route.path}"]


def require_permissions(call: Call, route: ApiRoute) -> None:
    """Refuse a fine-grained token that was not given what a request needs.

    Raises:
        NotFoundError: the repository is hidden from it.
        ForbiddenError: it lacks a permission.
    """
    grant = call.principal.grant if call.principal is not None else None
    accepted = accepted_permissions(route)
    if grant is None or accepted == PERMISSIONLESS:
        return
    if _asks_for_public(call, route):
        return
    if not _is_within_reach(call, grant) or not grant.allows(accepted):
        raise ForbiddenError(NOT_ACCESSIBLE)


def _asks_for_public(call: Call, route: ApiRoute) -> bool:
    """What everybody may read needs no permission; also tells hidden repositories apart.

    Raises:
        NotFoundError: the repository is hidden from this token.
    """
    if "repo" not in call.path:
        return False
    repository = find_repository(call.github, call.path["owner"], call.path["repo"])
    call.github.access.require(call.principal, repository, "metadata", "read")
    return route.method == "GET" and not repository.private


def _is_within_reach(call: Call, grant: Grant) -> bool:
    if "repo" in call.path:
        return grant.covers(call.path["owner"], call.path["repo"])
    if "org" in call.path:
        return grant.reaches(call.path["org"])
    return grant.reaches(call.user().account.login)
