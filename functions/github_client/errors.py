"""The ways in which GitHub can refuse, each one sentence with its cause and its remedy.

GitHubError
├── TokenError
│   ├── TokenSecretError          the token cannot be read from Secrets Manager
│   │   ├── TokenSecretGoneError  its secret is deleted
│   │   │   └── OwnerCredentialMissingError  none is stored for the owner
│   │   └── UnusableTokenError    its secret holds nothing that GitHub would take
│   ├── InvalidTokenError         401: wrong, expired or revoked
│   ├── ForbiddenTokenError       the organization lets no token of this kind in
│   ├── MissingScopeError         a classic token that is valid but may not do this
│   └── MissingPermissionError    the same of a fine-grained token
├── OwnerError
│   ├── OwnerNotFoundError        no such user or organization
│   ├── OtherUserError            the owner is a user that the token does not belong to
│   └── OrganizationPermissionError
├── RepositoryError
│   ├── RepositoryExistsError     the name is taken by a repository that is not ours
│   ├── ArchivedRepositoryError   the same, left by a project that was deleted
│   ├── RepositoryOutOfReachError made by a token that is for other repositories
│   ├── RepositoryGoneError       ours, but deleted or out of the token's sight
│   └── RepositoryNotOursError    the name leads to another repository
├── RefusedError                  any other 4xx; carries the status and GitHub's message
├── OutOfTimeError                going on needs a longer wait than this invocation has left
├── UnreachableError              no usable answer from the network or from GitHub
├── ForeignServerError            an address that the token must not be sent to
└── SettingError                  the function was registered with a malformed setting
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from github_client.permissions import describe_permissions

LAUNCH_SCOPES = ("repo", "workflow")


class GitHubError(Exception):
    """Anything that stops work on GitHub; its text is fit for the person who launched.

    `is_passing`: the same may succeed later, with nothing changed.
    """

    is_passing: bool = False


class TokenError(GitHubError):
    """The token is the cause."""


class TokenSecretError(TokenError):
    """The token cannot be read from Secrets Manager.

    Args:
        is_passing: it may be read later, with nothing changed.
        remedy: what to do, if it is not about the secret itself.
    """

    def __init__(
        self, secret_arn: str, why: str, *, is_passing: bool = False, remedy: str = ""
    ) -> None:
        self.is_passing = is_passing
        remedy = remedy or (
            "try again."
            if is_passing
            else "store the bare token as the secret's string and let the function's role read it."
        )
        super().__init__(
            f"The GitHub token cannot be used from secret {secret_arn} ({why}); {remedy}"
        )


class TokenSecretGoneError(TokenSecretError):
    """The secret was deleted or is scheduled for deletion."""


class OwnerCredentialMissingError(TokenSecretGoneError):
    """The form had no token, and none is stored for the owner."""

    def __init__(self, secret_name: str, owner: str) -> None:
        super().__init__(
            secret_name,
            f"no credential is stored for {owner} in this account and region",
            remedy=f"store one with `python -m operations credential add {owner}`, or give a token "
            "as GithubAccessToken.",
        )


class UnusableTokenError(TokenSecretError):
    """What the secret holds cannot be a token."""


class InvalidTokenError(TokenError):
    """GitHub answered 401."""

    def __init__(self) -> None:
        super().__init__(
            "GitHub rejected the token with 401 because it is wrong, expired or revoked; create "
            "a personal access token, classic with the scopes repo, workflow and delete_repo or "
            "fine-grained with the six permissions of the manual, and give it as "
            "GithubAccessToken."
        )


class ForbiddenTokenError(TokenError):
    """The organization forbids this kind of token, or one that lives so long."""

    def __init__(self, said: str) -> None:
        give = (
            "a fine-grained token with that organization as its resource owner"
            if "(classic)" in said
            else "a token of a kind and a lifetime that the organization allows"
        )
        super().__init__(
            f"GitHub said: {said.partition('. ')[0].rstrip('.')}; give {give}, or let an owner of "
            "it allow this one under Settings > Personal access tokens."
        )


class MissingScopeError(TokenError):
    """The token lacks scopes; GitHub often hides this behind a 404."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        names = " and ".join(f"`{scope}`" for scope in self.missing)
        noun = "scope" if len(self.missing) == 1 else "scopes"
        super().__init__(
            f"The token lacks the {names} {noun}; add it in GitHub under Settings > Developer "
            "settings > Personal access tokens (classic), or give another token."
        )


class MissingPermissionError(TokenError):
    """A fine-grained token lacks a permission.

    Args:
        accepted: GitHub's header `x-accepted-github-permissions`: permissions that go together are
            separated by commas, alternatives by semicolons.
        owner: whose repositories were to be made, if that was refused; GitHub says the same of a
            token that is not for this owner, or waits for its approval.
    """

    def __init__(self, accepted: str, owner: str = "") -> None:
        self.accepted = accepted
        names = describe_permissions(accepted)
        lack = "The token lacks a permission"
        if names:
            lack = f"The token lacks the permission {names}"
        remedy = (
            f"for repositories of {owner}; add it in GitHub under Settings > Developer settings > "
            f"Fine-grained tokens, with {owner} as the resource owner and all repositories, and "
            f"let an owner of {owner} approve the token if it waits for that."
            if owner
            else "for this repository; add it in GitHub under Settings > Developer settings > "
            "Fine-grained tokens, or give another token."
        )
        super().__init__(f"{lack} {remedy}")


class OwnerError(GitHubError):
    """The wanted owner of a repository is the cause."""


class OwnerNotFoundError(OwnerError):
    """No user and no organization has this name."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"GitHub has no user or organization {owner}; correct GithubUserName.")


class OtherUserError(OwnerError):
    """A personal account can only be written with its own user's token."""

    def __init__(self, owner: str, login: str) -> None:
        super().__init__(
            f"The token belongs to {login} and cannot create repositories for the user {owner}; "
            f"give a token of {owner}, or {login} or an organization as GithubUserName."
        )


class OrganizationPermissionError(OwnerError):
    """The organization does not let the token's user create repositories."""

    def __init__(self, organization: str, login: str, said: str) -> None:
        super().__init__(
            f"{login} may not create private repositories in the organization {organization} "
            f"(GitHub said: {said}); ask an owner of it for that right and, where single "
            "sign-on is enforced, authorize the token for it."
        )


class RepositoryError(GitHubError):
    """One repository is the cause."""


class RepositoryExistsError(RepositoryError):
    """The name is taken, so nothing was made."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} exists already and was not created by this project, so "
            "nothing was touched; choose another project name, or rename or delete that "
            "repository."
        )


class ArchivedRepositoryError(RepositoryError):
    """The name is taken by what a deletion left, so nothing was made.

    Args:
        full_name: the name.
        project_id: of the SageMaker project that it belonged to, if it belonged to one.
    """

    def __init__(self, full_name: str, project_id: str | None) -> None:
        whose = f"the SageMaker project {project_id}" if project_id else "no SageMaker project"
        super().__init__(
            f"The archived repository {full_name} of {whose} has this name, so nothing was "
            "touched; delete it in GitHub, or unarchive and rename it, or choose another project "
            "name."
        )


class RepositoryGoneError(RepositoryError):
    """The project's repository cannot be found."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} of this project is gone or the token no longer reaches "
            "it; restore it or the token's access, or delete the project."
        )


class RepositoryOutOfReachError(RepositoryError):
    """The token made the repository and does not see it; so it cannot take it back either."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The token does not reach the repository {full_name} that it has just made; give it "
            "all repositories as its repository access in GitHub, delete that repository by hand "
            "and launch again."
        )


class RepositoryNotOursError(RepositoryError):
    """The name now belongs to another repository."""

    def __init__(self, full_name: str, expected_id: str, found_id: str) -> None:
        super().__init__(
            f"The name {full_name} now belongs to repository id {found_id} and not to this "
            f"project's id {expected_id}, so it was not touched; rename one of the two."
        )


class RefusedError(GitHubError):
    """GitHub understood the request and said no."""

    def __init__(self, method: str, path: str, status: int, said: str) -> None:
        self.status = status
        self.said = said
        super().__init__(
            f"GitHub refused {method} {path} with {status} ({said}); correct what it names "
            "and try again."
        )


class OutOfTimeError(GitHubError):
    """Going on needs a wait that does not fit into this invocation.

    Args:
        why: what is waited for, as a sentence without its end.
        resume_at: when the next try makes sense, in seconds since the epoch.
    """

    def __init__(self, why: str, *, resume_at: float) -> None:
        self.is_passing = True
        self.why = why
        self.resume_at = resume_at
        moment = datetime.fromtimestamp(math.ceil(resume_at), UTC)
        super().__init__(
            f"{why}, and the next try does not fit into the time that is left; try again after "
            f"{moment:%H:%M:%S} UTC."
        )


class UnreachableError(GitHubError):
    """No usable answer came back, however often it was tried.

    Args:
        maybe_applied: GitHub may have done what was asked, although its answer did not arrive.
        is_passing: False where waiting does not help: a wrong address, certificate or server.
    """

    def __init__(
        self, host: str, why: str, *, maybe_applied: bool = True, is_passing: bool = True
    ) -> None:
        self.is_passing = is_passing
        self.maybe_applied = maybe_applied
        self.summary = f"GitHub at {host} gave no usable answer ({why})"
        super().__init__(
            f"{self.summary}; check GITHUB_SERVER_URL, the "
            "function's network and GitHub's status page, and try again."
        )


class ForeignServerError(GitHubError):
    """The address is not on the server that the token belongs to."""

    def __init__(self, host: str, expected: str) -> None:
        super().__init__(
            f"An address of {host} was not asked, since the token belongs to {expected}; correct "
            "GITHUB_SERVER_URL and deploy the template again."
        )


class SettingError(GitHubError):
    """A variable of the function's environment is not what it must be."""

    def __init__(self, name: str, said: str, wanted: str) -> None:
        super().__init__(
            f"{name} is {said!r} but must be {wanted}; correct it and deploy the template again."
        )
