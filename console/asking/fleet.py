"""All projects: as `make fleet` shows them, or their names alone to whom that is not open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from operations.errors import StackMissingError
from operations.fleet.overview import Project, look

_FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Named:
    """A project of which only SageMaker was asked."""

    name: str
    id: str
    status: str

    @property
    def group(self) -> str:
        """Of its pipeline, and of its model package group."""
        return f"{self.name}-{self.id}"


@dataclass(frozen=True)
class Fleet:
    """The projects of an account and region.

    Args:
        projects: with all that the table tells; empty if that may not be read.
        named: the others.
    """

    projects: Sequence[Project]
    named: Sequence[Named] = ()


def fleet_question(account: Account) -> Question:
    """Ask for every project; once a minute, since it takes some requests for each."""
    return Question("fleet", "", lambda gaps: _ask(account, gaps), _FRESH_SECONDS)


def _ask(account: Account, gaps: PageGaps) -> Fleet:
    about = "All but the names of projects"
    found = gaps.ask(about, "cloudformation", lambda: _whole(account, gaps), None)
    if found is not None:
        return Fleet(found)
    return Fleet((), gaps.ask("Projects", "sagemaker", lambda: _named(account), []))


def _whole(account: Account, gaps: PageGaps) -> list[Project] | None:
    try:
        return look(account, gaps, datetime.now(UTC), account.costs)
    except StackMissingError as error:
        gaps.tell(str(error))
        return None


def _named(account: Account) -> list[Named]:
    pages = account.client("sagemaker").get_paginator("list_projects").paginate(SortBy="Name")
    return [
        Named(one["ProjectName"], one["ProjectId"], one["ProjectStatus"])
        for page in pages
        for one in page["ProjectSummaryList"]
    ]
