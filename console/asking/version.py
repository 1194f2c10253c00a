"""One version, by its number; however many there are, it takes one request."""

import re
from dataclasses import dataclass

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.versions import Version, describe_version
from console.errors import NoPageError

_FRESH_SECONDS = 3.0
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def parse_number(text: str) -> int:
    """Read a version's number.

    Raises:
        NoPageError: no version has it.
    """
    if not _NUMBER.fullmatch(text):
        raise NoPageError(f"No version is called {text[:80]}; versions are numbered from 1.")
    return int(text)


@dataclass(frozen=True)
class VersionLook:
    """What a look at the registry found; None if there is no such version, or it is closed."""

    version: Version | None


def version_question(account: Account, project: ProjectNames, number: int) -> Question:
    """Ask for a version."""
    arn = project.version_arn(number, account.identity)

    def ask(gaps: PageGaps) -> VersionLook:
        return VersionLook(describe_version(account, arn, gaps))

    return Question("found", arn, ask, _FRESH_SECONDS)
