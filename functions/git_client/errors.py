"""The ways in which a push can be refused, each one sentence with its cause and its remedy."""

import re
from collections.abc import Iterable

from github_client.errors import GitHubError, MissingPermissionError, MissingScopeError

_LONGEST_MESSAGE = 500
# Push rules of GitHub, protected branches, hooks of GitHub Enterprise Server.
_RULES = re.compile(r"GH0\d\d|rule violation|protected branch|hook declined", re.IGNORECASE)
# Where a line begins, and a whole line that only leads to a page.
_ORNAMENT = re.compile(r"^(error: |- )|^Review all repository rules at .*")
_NO_WORKFLOW_SCOPE = re.compile(r"refusing to allow .* without `?workflows?`? (scope|permission)")


class PushError(GitHubError):
    """A push did not do what it was for."""


class BranchMovedError(PushError):
    """Somebody else moved a branch meanwhile; look again and build on what is there now."""

    def __init__(self, repository: str, branches: Iterable[str]) -> None:
        names = " and ".join(sorted(branches))
        super().__init__(
            f"The branch {names} of {repository} moved each time that it was written; try again "
            "when nobody pushes to it."
        )


class BranchRulesError(PushError):
    """A rule of the repository or of its organization forbids the push."""

    def __init__(self, repository: str, said: str) -> None:
        super().__init__(
            f"A rule of GitHub forbids to push to {repository} ({said}); let the token's user "
            "bypass it in the rulesets or branch protection of the repository or its "
            "organization, and try again."
        )


class PushRefusedError(PushError):
    """The git server said no for another reason."""

    def __init__(self, repository: str, said: str) -> None:
        super().__init__(
            f"GitHub refused the push to {repository} ({said}); correct what it names and try "
            "again."
        )


class UnreadableAnswerError(PushError):
    """What answers at the repository's address does not speak git."""

    def __init__(self, repository: str, why: str) -> None:
        super().__init__(
            f"The git server's answer for {repository} cannot be read ({why}); check "
            "GITHUB_SERVER_URL and whether a proxy changes answers, and try again."
        )


def explain_refusal(
    repository: str, reasons: Iterable[str], words: str, *, has_scopes: bool = True
) -> GitHubError:
    """Return the error for a report that says no.

    Args:
        repository: `owner/name`.
        reasons: the report's reason per branch.
        words: what the server said to a person beside it.
        has_scopes: whether the token is a classic one.
    """
    said = _one_line([*reasons, words])
    if _NO_WORKFLOW_SCOPE.search(said):
        # GitHub may say "scope" of a token that has none.
        if not has_scopes or "permission" in said:
            return MissingPermissionError("workflows=write")
        return MissingScopeError(["workflow"])
    if _RULES.search(said):
        return BranchRulesError(repository, said)
    return PushRefusedError(repository, said)


def _one_line(parts: Iterable[str]) -> str:
    """Join what was said, each line once, without control characters and ornaments."""
    lines = (line for part in parts for line in part.splitlines())
    cleaned = (_ORNAMENT.sub("", _printable(line)).removesuffix(".") for line in lines)
    unique = dict.fromkeys(line for line in cleaned if line)
    return "; ".join(unique)[:_LONGEST_MESSAGE] or "no reason given"


def _printable(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
