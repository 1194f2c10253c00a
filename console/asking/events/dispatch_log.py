"""What the log of the dispatch function tells of one project."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from console.asking.events.approvals import approvals
from console.asking.events.decided import Decided, parse_decided
from console.asking.events.decision_sentences import sentence_of
from console.asking.events.done import DECISION, EVENT, NOTICE, NOTICED, sentences_of
from console.asking.events.event import DECISION as DECIDED
from console.asking.events.event import FUNCTION, Event, failure
from console.asking.events.log_lines import Line
from console.asking.names import ProjectNames
from console.words.shown import segment
from console.words.versions import at_the_beginning, number_of, with_numbers
from mlops_sm_project_template.config.names import DISPATCH_FUNCTION

_PROJECT_ID = re.compile(r"\bp-[a-z0-9]{12}\b")
_WITH_RUN = re.compile(r"(?P<said>.*): (?P<run>https?://\S+)", re.DOTALL)


def newest_decision(lines: Sequence[Line]) -> Decided | None:
    """The last decision among lines; None if there is none."""
    read = (parse_decided(line.text) for line in reversed(lines))
    return next((decided for decided in read if decided is not None), None)


def events_of(lines: Sequence[Line], here: str) -> Iterator[Event]:
    """What lines that name a project tell of it.

    Args:
        lines: the oldest first.
        here: address of the project's page.
    """
    read = [(line, parse_decided(line.text)) for line in lines]
    decisions = ((line.moment, decided) for line, decided in read if decided is not None)
    yield from approvals(decisions, here)
    told = _told(read)
    for line, decided in read:
        if decided is not None:
            yield from _of_decision(line.moment, decided, here)
        else:
            yield from _of_line(line, told.get(line.request, frozenset()))


def refusals_of(
    lines: Sequence[Line], named: Sequence[Line], project: ProjectNames
) -> Iterator[Event]:
    """What IAM refused to the function, unless it tells of another project.

    Args:
        lines: with refusals, of all projects.
        named: the lines that name this one.
        project: which.
    """
    ours = {line.request for line in named} - {""}
    for line in lines:
        ids = set(_PROJECT_ID.findall(line.text))
        if line.request in ours or project.id in ids:
            yield failure(line.moment, FUNCTION, f"The function {DISPATCH_FUNCTION}", line.text)
        elif not ids:
            what = f"The function {DISPATCH_FUNCTION}, at an event of some project"
            yield failure(line.moment, FUNCTION, what, line.text)


def _told(read: Sequence[tuple[Line, Decided | None]]) -> Mapping[str, frozenset[str]]:
    """Of which invocations there are decisions, and of which notices."""
    found: dict[str, set[str]] = {}
    for line, decided in read:
        if line.text.startswith(NOTICE):
            found.setdefault(line.request, set()).add(NOTICED)
        elif decided is not None:
            found.setdefault(line.request, set()).add(DECISION)
    return {request: frozenset(kinds) for request, kinds in found.items()}


def _of_line(line: Line, told: frozenset[str]) -> Iterator[Event]:
    event = EVENT.fullmatch(line.text)
    if line.is_trouble:
        yield failure(line.moment, FUNCTION, f"The function {DISPATCH_FUNCTION}", line.text)
    elif line.text.startswith(NOTICE):
        yield from _of_notice(line, told)
    elif event is not None:
        for sentence in sentences_of(event["done"], told):
            yield Event(line.moment, DECIDED, sentence)


def _of_decision(moment: datetime, decided: Decided, here: str) -> Iterator[Event]:
    for step in decided.steps:
        sentence, state = sentence_of(step, decided.view)
        order = step.order or (step.under_way.order if step.under_way else None)
        stage = step.stage or (order.stage if order else "")
        number = number_of(step.arn)
        address = f"{here}/stages/{segment(stage)}" if stage else f"{here}/versions/{number}"
        yield Event(moment, DECIDED, sentence, address if stage or number else "", state)


def _of_notice(line: Line, told: frozenset[str]) -> Iterator[Event]:
    said = line.text.removeprefix(NOTICE)
    asked = said.startswith("Needs attention: ") or said.endswith(" in the model registry.")
    if asked and DECISION in told:
        return
    found = _WITH_RUN.fullmatch(said)
    sentence = at_the_beginning(with_numbers(found["said"] + "." if found else said))
    yield Event(line.moment, DECIDED, sentence, found["run"] if found else "")
