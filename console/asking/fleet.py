"""All projects: as `make fleet` shows them, or their names alone to whom that is not open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from operations.errors import StackMissingError
from operations.fleet.overview import Project, look

_FRESH_SECONDS = 5.0
# So that it is at most some ten requests a second.
_SECONDS_A_PROJECT, _LONGEST_SECONDS = 0.5, 100.0
_PAGE = 100


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
    """Ask for every project; the more there are, the seldomer, since each takes five requests."""
    return Question("fleet", "", lambda gaps: _ask(account, gaps), _FRESH_SECONDS, _longer)


def _longer(fleet: Fleet) -> float:
    return min(len(fleet.projects) * _SECONDS_A_PROJECT, _LONGEST_SECONDS)


def _ask(account: Account, gaps: PageGaps) -> Fleet:
    about = "All but the names of projects"
    found = gaps.ask(about, "cloudformation", lambda: _whole(account, gaps), None)
    if found is not None:
        return Fleet(found)
    return Fleet((), gaps.ask("Projects", "sagemaker", lambda: _named(account), []))


def _whole(account: Account, gaps: PageGaps) -> list[Project] | None:
    try:
        with gaps.waiting_for("CloudFormation or Service Catalog"):
            return look(account, gaps, datetime.now(UTC), account.costs)
    except StackMissingError as error:
        gaps.tell(str(error))
        return None


def _named(account: Account) -> list[Named]:
    return [
        Named(one["ProjectName"], one["ProjectId"], one["ProjectStatus"])
        for one in _listed(account.client("sagemaker"))
    ]


def _listed(sagemaker: Any) -> Iterator[Mapping[str, Any]]:
    """Every project: botocore has no paginator for them."""
    more: dict[str, str] = {}
    while True:
        page = sagemaker.list_projects(SortBy="Name", MaxResults=_PAGE, **more)
        yield from page["ProjectSummaryList"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
