"""The ways in which GitHub can refuse, each one sentence with its cause and its remedy.

GitHubError
├── TokenError
│   ├── TokenSecretError          the token cannot be read from Secrets Manager
│   │   └── TokenSecretGoneError  its secret is deleted
│   ├── InvalidTokenError         401: wrong, expired or revoked
│   └── MissingScopeError         the token is valid but may not do this
├── OwnerError
│   ├── OwnerNotFoundError        no such user or organization
│   ├── OtherUserError            the owner is a user that the token does not belong to
│   └── OrganizationPermissionError
├── RepositoryError
│   ├── RepositoryExistsError     the name is taken by a repository that is not ours
│   ├── RepositoryGoneError       ours, but deleted or out of the token's sight
│   └── RepositoryNotOursError    the name leads to another repository
├── RefusedError                  any other 4xx; carries the status and GitHub's message
├── RateLimitedError              GitHub asks for a longer wait than is left
└── UnreachableError              no usable answer from the network or from GitHub
"""

from collections.abc import Iterable

LAUNCH_SCOPES = ("repo", "workflow")


class GitHubError(Exception):
    """Anything that stops work on GitHub; its text is fit for the person who launched."""


class TokenError(GitHubError):
    """The token is the cause."""


class TokenSecretError(TokenError):
    """The token cannot be read from Secrets Manager."""

    def __init__(self, secret_arn: str, why: str) -> None:
        super().__init__(
            f"The GitHub token cannot be used from secret {secret_arn} ({why}); store the bare "
            "token as the secret's string and let the function's role read it."
        )


class TokenSecretGoneError(TokenSecretError):
    """The secret was deleted or is scheduled for deletion."""


class InvalidTokenError(TokenError):
    """GitHub answered 401."""

    def __init__(self) -> None:
        super().__init__(
            "GitHub rejected the token with 401 because it is wrong, expired or revoked; create "
            "a personal access token (classic) with the scopes repo, workflow and delete_repo "
            "and give it as GithubAccessToken."
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


class RepositoryGoneError(RepositoryError):
    """The project's repository cannot be found."""

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository {full_name} of this project is gone or the token no longer reaches "
            "it; restore it or the token's access, or delete the project."
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


class RateLimitedError(GitHubError):
    """The rate limit lasts longer than this invocation may wait."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(
            f"GitHub's rate limit asks for a wait of {wait_seconds:.0f} seconds, which is longer "
            "than is left; try again after that."
        )


class UnreachableError(GitHubError):
    """No usable answer came back, however often it was tried."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(
            f"GitHub at {host} gave no usable answer ({why}); check GITHUB_SERVER_URL, the "
            "function's network and GitHub's status page, and try again."
        )
