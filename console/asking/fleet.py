"""All projects: as `make fleet` shows them, or their names alone to whom that is not open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.pipeline import UNDER_WAY
from operations.errors import StackMissingError
from operations.fleet.catalog import BUSY, Launched
from operations.fleet.overview import Project, look, open_catalog

_FRESH_SECONDS = 5.0
# Two requests, so that it is at most some ten a second.
_SECONDS_A_PROJECT, _LONGEST_SECONDS = 0.2, 100.0
_PAGE = 100
# Its answer is shown until the whole is known, and then no more.
_NAMES_FRESH_SECONDS = 3600.0


@dataclass(frozen=True)
class Named(ProjectNames):
    """A project of which only SageMaker was asked.

    Args:
        status: of SageMaker.
    """

    status: str


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
    """Ask for every project; the more there are, the seldomer, since each takes two requests.

    The first time, each takes five.
    """
    return Question("fleet", "", lambda gaps: _ask(account, gaps), _FRESH_SECONDS, _at_least)


def listed_question(account: Account) -> Question:
    """Ask for what was launched, which takes a request for each hundred; None if that is closed."""

    def ask(_: PageGaps) -> Sequence[Launched] | None:
        return _launched(account)

    return Question("listed", "", ask, _NAMES_FRESH_SECONDS)


def _launched(account: Account) -> Sequence[Launched] | None:
    try:
        # Of what is refused, the whole tells.
        return PageGaps().ask(
            "Projects", "servicecatalog", lambda: open_catalog(account).projects(), None
        )
    except StackMissingError:
        return None


def _at_least(fleet: Fleet) -> float:
    by_size = min(len(fleet.projects) * _SECONDS_A_PROJECT, _LONGEST_SECONDS)
    is_quiet = not any(_is_under_way(project) for project in fleet.projects)
    return max(_FRESH_SECONDS + by_size, QUIET_SECONDS if is_quiet else 0.0)


def _is_under_way(project: Project) -> bool:
    return (
        project.launched.status in BUSY
        or (project.build is not None and project.build.status in UNDER_WAY)
        or any(stage.under_way for stage in project.stages)
    )


def _ask(account: Account, gaps: PageGaps) -> Fleet:
    about = "All but the names of projects"
    found = gaps.ask(about, "cloudformation", lambda: _whole(account, gaps), None)
    if found is not None:
        return Fleet(found)
    return Fleet((), gaps.ask("Projects", "sagemaker", lambda: _named(account), []))


def _whole(account: Account, gaps: PageGaps) -> list[Project] | None:
    try:
        with gaps.waiting_for("CloudFormation or Service Catalog"):
            return look(account, gaps, datetime.now(UTC), account.costs, account.facts.get)
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
