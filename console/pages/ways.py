"""The way from the first page to a page below it."""

from collections.abc import Sequence

from console.asking.names import ProjectNames

Way = Sequence[tuple[str, str]]


def to_project() -> Way:
    """To the page of a project."""
    return [("Projects", "/")]


def below_project(project: ProjectNames) -> Way:
    """To a page below that of a project."""
    return [*to_project(), (project.name, f"/projects/{project.group}")]
