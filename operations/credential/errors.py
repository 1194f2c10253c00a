"""Why a credential is not stored, not shown or not removed."""

from collections.abc import Sequence

from operations.errors import OperationError


class OwnerNameError(OperationError):
    """What was typed cannot be an owner."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"{owner!r} is no GitHub user or organization; give the name alone, without @ and "
            "address."
        )


class TokenNotGivenError(OperationError):
    """There is no token to store."""

    def __init__(self) -> None:
        super().__init__(
            "There is no token to store; set GH_TOKEN to it, hand it on standard input, or start "
            "this at a terminal, which asks for it."
        )


class TokenShapeError(OperationError):
    """What was given cannot be a token."""

    def __init__(self) -> None:
        super().__init__(
            "What was given is no token, since it has spaces, line breaks or other characters that "
            "no token has; give the token alone."
        )


class TokenUnfitError(OperationError):
    """GitHub does not take the token, or not for the owner."""


class UserRefusedError(OperationError):
    """Nobody of this account is meant."""

    def __init__(self, arn: str, account: str) -> None:
        super().__init__(
            f"{arn!r} names no role and no user of account {account}; give --for the ARN of one, "
            "as IAM shows it, or the word everyone."
        )


class CredentialMissingError(OperationError):
    """None is stored for the owner."""

    def __init__(self, owner: str, stored: Sequence[str]) -> None:
        there = f"there are those of {', '.join(stored)}" if stored else "there is none at all"
        super().__init__(
            f"No credential is stored for {owner} in this account and region ({there}); store one "
            f"with `credential add {owner}`."
        )


class CredentialChangedError(OperationError):
    """Somebody else was faster, whose change would be lost."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            f"The credential of {owner} was changed since this command looked, so that nothing was "
            "stored; start it again."
        )


class CredentialInUseError(OperationError):
    """Projects would be without a token."""

    def __init__(self, owner: str, projects: Sequence[str]) -> None:
        super().__init__(
            f"The credential of {owner} is used by {', '.join(projects)}; delete them first, or "
            "update them with a token of their own as GithubAccessToken."
        )


class SecretUnreadableError(OperationError):
    """Somebody wrote it by hand."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(
            f"The secret {name} holds something else than a credential, so that who may use it is "
            f"not known; store one again with `credential add {owner}` and --for."
        )
