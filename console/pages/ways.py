"""The way from the first page to a page below it, and to what GitHub shows."""

import re
from collections.abc import Sequence

from console.asking.account import Account
from console.asking.names import ProjectNames
from console.asking.project import Described

Way = Sequence[tuple[str, str]]
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def to_project() -> Way:
    """To the page of a project."""
    return [("Projects", "/")]


def below_project(project: ProjectNames) -> Way:
    """To a page below that of a project."""
    return [*to_project(), (project.name, project.page)]


def commit_page(
    account: Account, project: ProjectNames, described: Described | None, commit: str
) -> str:
    """Where GitHub shows a commit of the build repository; empty if that is not known."""
    owner = described.owner if described else ""
    if not account.access or not owner or not _COMMIT.fullmatch(commit):
        return ""
    return f"{account.access.server_url}/{owner}/{project.build_repository}/commit/{commit}"
