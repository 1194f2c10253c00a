"""Who approved versions and opened stages for them, as decisions were made of it.

A decision tells what was known, not since when, so that the first one that knows something counts
for its moment, unless a stage had carried it out by then.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from console.asking.events.decided import Decided, Version, View
from console.asking.events.event import REGISTRY, Event
from console.words.people import called
from console.words.states import APPROVED, BAD, GOOD, REJECTED
from console.words.versions import at_the_beginning, number_of, version


def approvals(decisions: Iterable[tuple[datetime, Decided]], here: str) -> Iterator[Event]:
    """What people decided between and before decisions.

    Args:
        decisions: with their moments, the oldest first.
        here: address of the project's page.
    """
    seen: dict[str, Version] = {}
    for moment, decided in decisions:
        for arn, one in decided.view.versions.items():
            before = seen.get(arn)
            yield from _approved(moment, one, before, decided.view, here)
            yield from _opened(moment, one, before, decided.view, here)
            if before is not None and before.is_approved and not one.is_approved:
                told = f"{at_the_beginning(version(arn))} is not approved any more."
                same = (REJECTED, number_of(arn), one.decision)
                yield Event(moment, REGISTRY, told, _page(here, arn), BAD, same=same)
            seen[arn] = one


def _approved(
    moment: datetime, one: Version, before: Version | None, view: View, here: str
) -> Iterator[Event]:
    known = before.decision if before else max(_tried(view, one.arn), default=-1)
    if one.decision <= known or not one.is_approved or not one.approved_by:
        return
    told = f"{called(one.approved_by)} approved {version(one.arn)}."
    same = (APPROVED, number_of(one.arn), one.decision)
    yield Event(moment, REGISTRY, told, _page(here, one.arn), GOOD, same=same)


def _opened(
    moment: datetime, one: Version, before: Version | None, view: View, here: str
) -> Iterator[Event]:
    for stage, who in one.opened_by.items():
        is_known = before is not None and before.opened_by.get(stage) == who
        is_done = before is None and view.tried(stage, one.arn) >= one.decision
        if who and not is_known and not is_done:
            told = f"{called(who)} opened {stage} for {version(one.arn)}."
            yield Event(moment, REGISTRY, told, _page(here, one.arn), GOOD)


def _tried(view: View, arn: str) -> Iterator[int]:
    for stage in view.records:
        yield view.tried(stage, arn)


def _page(here: str, arn: str) -> str:
    number = number_of(arn)
    return f"{here}/versions/{number}" if number else here
