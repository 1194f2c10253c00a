"""One thing that happened, whoever tells it."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.words.iam_refusals import IamRefusal, find_refusals
from console.words.states import BAD, NOTHING
from console.words.versions import with_numbers

REGISTRY, DECISION, RUN, PIPELINE = "registry", "decision", "run", "pipeline"
STACK, FUNCTION, REFUSAL = "stack", "function", "refusal"
_LONGEST = 600
_ECHO = timedelta(seconds=20)


@dataclass(frozen=True)
class Event:
    """One thing.

    Args:
        moment: when; aware of its zone.
        kind: who tells it, or REFUSAL.
        sentence: what happened and why.
        address: what there is to see of it; empty if nothing.
        state: one of the five.
        refusals: what IAM refused.
        same: what tells it from others, if several tell of it; empty if nobody else does.
    """

    moment: datetime
    kind: str
    sentence: str
    address: str = ""
    state: str = NOTHING
    refusals: tuple[IamRefusal, ...] = ()
    same: Hashable = ""


def failure(moment: datetime, kind: str, what: str, why: str, address: str = "") -> Event:
    """Something that failed, and what IAM refused if that is the reason.

    Args:
        moment: when.
        kind: who tells it.
        what: failed, as the beginning of a sentence.
        why: in the words of who failed.
        address: what there is to see of it.
    """
    refusals = tuple(find_refusals(why))
    if refusals:
        return Event(moment, REFUSAL, f"{what}: IAM refused it.", address, BAD, refusals)
    told = " ".join(with_numbers(why).split())
    short = told if len(told) <= _LONGEST else f"{told[:_LONGEST]}…"
    return Event(moment, kind, f"{what}: {short}" if short else f"{what}.", address, BAD)


def newest(events: Iterable[Event]) -> list[Event]:
    """Each thing once, as the first tells it, the newest first."""
    known: dict[Hashable, Event] = {}
    for event in events:
        known.setdefault(event.same or (event.moment, event.kind, event.sentence), event)
    ordered = sorted(known.values(), key=lambda event: event.moment, reverse=True)
    return list(_without_echoes(ordered))


def _without_echoes(events: Iterable[Event]) -> Iterator[Event]:
    """Leave out what was said in the same words shortly after: two events had one cause."""
    later: dict[tuple[str, str], datetime] = {}
    for event in events:
        words = event.kind, event.sentence
        said, later[words] = later.get(words), event.moment
        if said is None or said - event.moment > _ECHO:
            yield event
