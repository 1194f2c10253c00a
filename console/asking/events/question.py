"""Asks AWS what happened in a project: at most twelve requests a look, however much did.

As long as no decision is new, what follows from one is asked for every third look only.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.events.dispatch_log import events_of, newest_decision, refusals_of
from console.asking.events.event import Event, newest
from console.asking.events.function_failures import failures_of, words_of
from console.asking.events.log_lines import Line, read_lines
from console.asking.events.registry import decided_by, executed, newest_decided, registered
from console.asking.events.stacks import stack_events, stack_failures
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.pipeline import list_executions
from console.asking.project import find_project
from console.asking.versions import newest_packages
from console.words.states import APPROVED, REJECTED
from mlops_sm_project_template.config.names import (
    DATA_FUNCTION,
    DEFAULT_STAGES,
    DISPATCH_FUNCTION,
    REPOSITORY_FUNCTION,
)

_FRESH_SECONDS = 10.0
_MOST_EXECUTIONS = 10
_MOST_PAGES = 2
_MOST_STACKS = 4
_REFUSED = "is not authorized to perform"
_SAME_MOMENT = timedelta(minutes=2)
# After the newest line about a project, in which a run may still fail.
_UNQUIET = timedelta(minutes=10)
_Found = tuple[Sequence[Line], bool]


def events_question(account: Account, project: ProjectNames) -> Question:
    """Ask for what happened, the newest first."""

    def ask(gaps: PageGaps) -> Sequence[Event]:
        return _Asking(account, project, gaps, datetime.now(UTC)).events()

    return Question("events", project.group, ask, _FRESH_SECONDS)


class _Asking:
    """One look."""

    def __init__(
        self, account: Account, project: ProjectNames, gaps: PageGaps, now: datetime
    ) -> None:
        self._account = account
        self._project = project
        self._gaps = gaps
        self._now = now
        self._here = project.page
        self._is_quiet = False

    def events(self) -> list[Event]:
        lines = self._lines(DISPATCH_FUNCTION, self._project.group, _MOST_PAGES)
        self._is_quiet = not lines or self._now - lines[-1].moment > _UNQUIET
        refused = self._lines(DISPATCH_FUNCTION, _REFUSED)
        decided, executed = list(self._of_registry()), list(self._of_pipeline())
        if not decided and not executed:
            find_project(self._account, self._project, "Project", self._gaps)
        return newest(
            [
                *merged(list(events_of(lines, self._here)), decided),
                *refusals_of(refused, lines, self._project),
                *executed,
                *self._of_functions(),
                *self._of_stacks(lines),
            ]
        )

    def _lines(self, function: str, words: str, most_pages: int = 1) -> Sequence[Line]:
        logs = self._account.client("logs")
        call = partial(read_lines, logs, function, words, self._now, most_pages)
        ask = partial(self._gaps.ask, f"Log of {function}", "logs", call, None)
        found: _Found | None = self._kept((function, words), ask)
        lines, is_cut = found or ((), False)
        if is_cut:
            self._gaps.tell(f"The log of {function} has more of the last week than is shown here.")
        return lines

    def _kept(self, about: Hashable, ask: Callable[[], Any]) -> Any:
        """What is kept for a while, or in a project where something happens is asked for now."""
        if not self._is_quiet:
            return ask()
        return self._account.recent.get((self._project.group, about), ask)

    def _of_registry(self) -> Iterator[Event]:
        call = partial(newest_packages, self._account, self._project)
        nothing: Sequence[Mapping[str, Any]] = ()
        told = self._gaps.ask("Versions", "sagemaker", call, nothing)
        yield from registered(told, self._here)
        arn = newest_decided(told)
        if arn:
            sagemaker = self._account.client("sagemaker")
            describe = partial(sagemaker.describe_model_package, ModelPackageName=arn)
            ask = partial(self._gaps.ask, "Who approved", "sagemaker", describe, None)
            package: Any = self._kept(("decided", arn), ask)
            event = decided_by(package or {}, DISPATCH_FUNCTION, self._here)
            if event is not None:
                yield event

    def _of_pipeline(self) -> Iterator[Event]:
        call = partial(list_executions, self._account, self._project, _MOST_EXECUTIONS)
        nothing: Sequence[Mapping[str, Any]] = ()
        told = self._gaps.ask("Executions", "sagemaker", call, nothing)
        yield from executed(told, self._here)

    def _of_functions(self) -> Iterator[Event]:
        for function in (REPOSITORY_FUNCTION, DATA_FUNCTION):
            lines = self._lines(function, words_of(function, self._project))
            yield from failures_of(lines, function, self._project)

    def _of_stacks(self, lines: Sequence[Line]) -> Iterator[Event]:
        stages = stages_of(lines)
        if len(stages) > _MOST_STACKS:
            self._gaps.tell(f"Of the stages' stacks, only the first {_MOST_STACKS} are asked.")
        cloudformation = self._account.client("cloudformation")
        for stage in stages[:_MOST_STACKS]:
            call = partial(stack_events, cloudformation, self._project.stack(stage))
            ask = partial(self._gaps.ask, f"Stack of {stage}", "cloudformation", call, None)
            told: Sequence[Mapping[str, Any]] | None = self._kept(("stack", stage), ask)
            yield from stack_failures(told or (), stage, self._here)


def stages_of(lines: Sequence[Line]) -> Sequence[str]:
    """The stages that the newest decision knew; those that projects have at first if none did."""
    newest = newest_decision(lines)
    if newest is None:
        return DEFAULT_STAGES
    names = [*(stage.name for stage in newest.view.stages), *sorted(newest.view.records)]
    return list(dict.fromkeys(names))


def merged(by_log: Sequence[Event], by_registry: Iterable[Event]) -> Iterator[Event]:
    """Both, each without what the other knows better: who approved, and who rejected."""
    told = list(by_registry)
    rejected = {event.same: event for event in told if _is(event, REJECTED)}
    approved = {_version(event) for event in by_log if _is(event, APPROVED)}
    for event in by_log:
        better = rejected.get((REJECTED, _version(event))) if _is(event, REJECTED) else None
        if better is None or abs(event.moment - better.moment) > _SAME_MOMENT:
            yield event
    yield from (
        event for event in told if not (_is(event, APPROVED) and _version(event) in approved)
    )


def _is(event: Event, status: str) -> bool:
    return isinstance(event.same, tuple) and event.same[0] == status


def _version(event: Event) -> str:
    return str(event.same[1]) if isinstance(event.same, tuple) else ""
