"""Turns a final answer of GitHub that says no into the error that names its cause."""

from github_client.answers import Answer, GitAnswer
from github_client.errors import (
    LAUNCH_SCOPES,
    ForbiddenTokenError,
    GitHubError,
    InvalidTokenError,
    MissingPermissionError,
    MissingScopeError,
    RefusedError,
)

# "Resource not accessible by personal access token", "… by integration" for an app's token.
_FORBIDDEN_KIND = "forbids access via a"
_FINE_GRAINED_REFUSAL = "resource not accessible by"
_ACCEPTED = "x-accepted-github-permissions"
# What the git server says to a token that has not the permission, without naming it.
_GIT_REFUSALS = ("permission to ", "write access to repository not granted")


def explain(
    method: str, path: str, answer: Answer | GitAnswer, scopes: frozenset[str] | None
) -> GitHubError:
    """Return the error for an answer that is not a success.

    Args:
        method: the HTTP verb.
        path: what was asked for.
        answer: the refusal.
        scopes: of a classic token, as GitHub showed them last; None for other tokens.
    """
    if answer.status == 401:
        return InvalidTokenError()
    if answer.status == 403 and _FORBIDDEN_KIND in answer.said.lower():
        return ForbiddenTokenError(answer.said)
    if _is_about_permissions(answer):
        return MissingPermissionError(answer.headers.get(_ACCEPTED, ""))
    if scopes is None and _is_about_pushing(answer):
        return MissingPermissionError("contents=write")
    if answer.status in (403, 404) and scopes is not None:
        # Only a push can touch workflow files; a lack is hidden behind a 404 elsewhere.
        needed = LAUNCH_SCOPES if isinstance(answer, GitAnswer) else LAUNCH_SCOPES[:1]
        missing = [scope for scope in needed if scope not in scopes]
        if missing:
            return MissingScopeError(missing)
    return RefusedError(method, path, answer.status, answer.said)


def require_permission(answer: Answer, otherwise: str = "") -> None:
    """Fail if a fine-grained token was refused for what it was not given.

    Args:
        answer: an answer that the caller accepted, whatever its status.
        otherwise: what is lacking if GitHub does not say it.

    Raises:
        MissingPermissionError: it was.
    """
    if _is_about_permissions(answer):
        raise MissingPermissionError(answer.headers.get(_ACCEPTED, "") or otherwise)


def _is_about_permissions(answer: Answer | GitAnswer) -> bool:
    return answer.status == 403 and _FINE_GRAINED_REFUSAL in answer.said.lower()


def _is_about_pushing(answer: Answer | GitAnswer) -> bool:
    is_refused = isinstance(answer, GitAnswer) and answer.status == 403
    return is_refused and any(words in answer.said.lower() for words in _GIT_REFUSALS)
