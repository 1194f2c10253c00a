"""What the local GitHub refuses, with GitHub's own status codes and messages.

Imitated: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api

    GitHubError
    ├── BadCredentialsError      401
    ├── ForbiddenError           403
    ├── NotFoundError            404
    │   └── MovedError           301 or 307 for those who may see the repository
    ├── NotMergeableError        405
    ├── ConflictError            409
    ├── ValidationError          422
    ├── MalformedRequestError    400
    └── UnmodelledError          404, says that the rehearsal lacks it
"""

from typing import Any

from rehearsal.github.core.resources import Repository

DOCUMENTATION = "https://docs.github.com/rest"


def refusal(status: int, message: str) -> dict[str, str]:
    """The JSON object that GitHub sends with an error status."""
    return {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}


class GitHubError(Exception):
    """A refusal; ``str()`` of it is the ``message`` of the answer."""

    status = 500

    def __init__(self, message: str, errors: list[Any] | str | None = None) -> None:
        super().__init__(message)
        self.errors = errors
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        """The JSON object that GitHub sends with this refusal."""
        said: dict[str, Any] = refusal(self.status, str(self))
        return said if self.errors is None else said | {"errors": self.errors}


class MalformedRequestError(GitHubError):
    """The body is not JSON, or not an object."""

    status = 400


class BadCredentialsError(GitHubError):
    """No such token, or it has expired."""

    status = 401

    def __init__(self, message: str = "Bad credentials") -> None:
        super().__init__(message)


class ForbiddenError(GitHubError):
    """The caller is known and may not do this."""

    status = 403


class NotFoundError(GitHubError):
    """Not there, or hidden from this caller; GitHub does not say which."""

    status = 404

    def __init__(self, message: str = "Not Found") -> None:
        super().__init__(message)


class MovedError(NotFoundError):
    """The repository has another name now; whoever may see it is sent there."""

    def __init__(self, repository: Repository) -> None:
        super().__init__()
        self.repository = repository


class NotMergeableError(GitHubError):
    """The pull request cannot be merged as asked."""

    status = 405


class ConflictError(GitHubError):
    """The state of the repository forbids it."""

    status = 409


class ValidationError(GitHubError):
    """Well-formed, but not acceptable."""

    status = 422


class UnmodelledError(GitHubError):
    """GitHub has it, the rehearsal does not: loud, so that nobody builds on an illusion."""

    status = 404

    def __init__(self, what: str) -> None:
        super().__init__(f"The rehearsal's local GitHub does not model {what}.")


def invalid(
    resource: str,
    code: str,
    message: str = "",
    *,
    field: str = "",
    failure: str = "Validation Failed",
) -> ValidationError:
    """A 422 that tells what is wrong with a resource, or with one field, as GitHub does."""
    told = {"resource": resource, "field": field, "code": code, "message": message}
    return ValidationError(failure, [{key: value for key, value in told.items() if value}])
