"""Every fault at every request of an operation on a project, and what came of it.

An operation ends well in two ways: it is done as if nothing had happened, or it is taken back and
doing it again succeeds. Its clean run says which requests there are and what "done" looks like.
"""

import contextlib
import dataclasses
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rehearsal.github.core.faults import FAULT_KINDS
from rehearsal.tests.github.in_process_github import InProcessGitHub
from tests.rehearsed.functions.fault_matrix.project_state import (
    State,
    forget_project,
    list_projects_repositories,
    read_state,
)
from tests.rehearsed.functions.project_stack import OWNER, ProjectStack, Wishes
from tests.rehearsed.functions.repository_world import Files, RepositoryWorld, zipped

# Its plan has required reviewers, OWNER's has not.
REVIEWED = "bigcorp"
OUR_AGENT = "^mlops-sm-project-template"
# From one request on, until the rollback or, in a deletion, until it is asked for again.
LASTING_FAULTS = ("502 on", "403 on", "reset on", "401 on")
FAULTS = (*FAULT_KINDS, *LASTING_FAULTS)
_LASTING_WAIT_SECONDS = 120
_MOST_DELETIONS = 3
_HOUR_SECONDS = 3600.0
_FILES: Files = {
    "README.md": (b"# Rings\n<!-- note: approval-gate -->\n", 0o644),
    "run.sh": (b"#!/bin/sh\n", 0o755),
    "source_scripts/train.py": (b"one\ntwo\nthree\n", 0o644),
}
_NEXT_FILES: Files = {
    **_FILES,
    "source_scripts/train.py": (b"zero\none\ntwo\nthree\n", 0o644),
    "source_scripts/new.py": (b"new\n", 0o644),
}
_ids = itertools.count(1)


@dataclass(frozen=True)
class Operation:
    """What is done to a project, and by which wishes; before it a launch may be needed."""

    name: str
    needs_project: bool
    run: Callable[[ProjectStack], bool]
    on_delete: str = "archive"
    owner: str = OWNER
    removals: int = 0  # its last requests, which archive or delete what exists


@dataclass(frozen=True)
class Row:
    """A line of the table: one operation, one kind of fault, at each of its requests in turn."""

    operation: str
    fault: str
    injected: int
    converged: int
    rolled_back: int
    orphans: int
    problems: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """True if each fault was injected, ended well and left nothing behind."""
        ended_well = self.converged + self.rolled_back == self.injected
        return ended_well and not self.orphans and not self.problems


def _updated(wishes: Wishes) -> Wishes:
    return dataclasses.replace(
        wishes,
        description="of fish",
        environments=(*wishes.environments, "canary"),
        reviewed=(*wishes.reviewed, "canary"),
        seed_key="v2.zip",
        configuration={"STAGE": "prod", "NEW": "1"},
    )


def _update(stack: ProjectStack) -> bool:
    return stack.update(_updated(stack.wishes))


def _renamed(wishes: Wishes) -> Wishes:
    return dataclasses.replace(wishes, name=f"{wishes.name}-new")


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("launch", needs_project=False, run=ProjectStack.create),
        Operation("launch reviewed", needs_project=False, run=ProjectStack.create, owner=REVIEWED),
        Operation("update", needs_project=True, run=_update),
        Operation("update reviewed", needs_project=True, run=_update, owner=REVIEWED),
        Operation(
            "rename", needs_project=True, run=lambda s: s.update(_renamed(s.wishes)), removals=4
        ),
        Operation("archive", needs_project=True, run=ProjectStack.delete, removals=4),
        Operation(
            "delete", needs_project=True, run=ProjectStack.delete, on_delete="delete", removals=4
        ),
    )
}


class Matrix:
    """One GitHub for all cases; each case has a project of its own."""

    def __init__(self, github: InProcessGitHub) -> None:
        self._github = github
        self._stage = RepositoryWorld(github)
        self._stage.aws.bundles = {"v1.zip": zipped(_FILES), "v2.zip": zipped(_NEXT_FILES)}
        self._clean: dict[str, tuple[int, State, State]] = {}

    @property
    def world(self) -> RepositoryWorld:
        """The world of all cases."""
        return self._stage

    def number_of_requests(self, operation: Operation, fault: str = "") -> int:
        """Return how many requests the operation makes when nothing goes wrong.

        A removal with a token that is revoked leaves the repositories, by design, and says so:
        those requests do not count for that fault.
        """
        count = self._clean_run(operation)[0]
        return count - operation.removals if fault == "401 on" else count

    def row(self, operation: Operation, fault: str, requests: Iterable[int] = ()) -> Row:
        """Inject a fault at these requests, counted from 1, or at each one."""
        chosen = list(requests) or range(1, self.number_of_requests(operation, fault) + 1)
        cases = [_Case(self, operation, fault, number) for number in chosen]
        results = [case.run() for case in cases]
        return Row(
            operation=operation.name,
            fault=fault,
            injected=len(results),
            converged=sum(result.ended == "converged" for result in results),
            rolled_back=sum(result.ended == "rolled back" for result in results),
            orphans=sum(result.orphans for result in results),
            problems=tuple(result.problem for result in results if result.problem),
        )

    def project(self, operation: Operation) -> ProjectStack:
        """Return a stack for a new project, launched where the operation needs it."""
        number = next(_ids)
        stack = ProjectStack(
            self._stage,
            Wishes(
                f"m{number}",
                f"p-{number:012d}",
                owner=operation.owner,
                on_delete=operation.on_delete,
            ),
        )
        if operation.needs_project:
            assert stack.create(), stack.reasons
        return stack

    def state(self, stack: ProjectStack) -> State:
        """Return what GitHub holds of a project."""
        return read_state(self._github, stack.wishes.project_id)

    def names(self, stack: ProjectStack) -> set[str]:
        """Return the names of all repositories of a project."""
        return list_projects_repositories(self._github, stack.wishes.project_id)

    def forget(self, stack: ProjectStack) -> None:
        """Remove what a case made, so that the next ones stay fast."""
        forget_project(self._github, stack.wishes.project_id)
        self._github.clock.advance(_HOUR_SECONDS)  # GitHub counts requests by the hour

    def inject(self, fault: str, number: int) -> None:
        """Let the request of this number, counted from now, go wrong."""
        kind, _, lasts = fault.partition(" ")
        if kind == "401":
            self._stage.revoked_from = self._stage.sent + number
            return
        times, wait = (0, _LASTING_WAIT_SECONDS) if lasts else (1, 1)
        self._github.faults.add(
            kind,  # type: ignore[arg-type]  # one of the kinds above
            agent=OUR_AGENT,
            nth=number,
            times=times,
            retry_after=wait,
        )

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._github.faults.clear()
        self._stage.revoked_from = None

    def was_hit(self) -> bool:
        """Tell whether the injected fault met a request."""
        revoked_from = self._stage.revoked_from
        if revoked_from is not None:
            return self._stage.sent >= revoked_from
        return any(fault.hits for fault in self._github.faults.listed())

    def before(self, operation: Operation) -> State:
        """Return what GitHub holds before the operation."""
        return self._clean_run(operation)[1]

    def done(self, operation: Operation) -> State:
        """Return what GitHub holds after the operation when nothing goes wrong."""
        return self._clean_run(operation)[2]

    def _clean_run(self, operation: Operation) -> tuple[int, State, State]:
        if operation.name not in self._clean:
            stack = self.project(operation)
            before, sent = self.state(stack), self._stage.sent
            assert operation.run(stack), stack.reasons
            self._clean[operation.name] = (self._stage.sent - sent, before, self.state(stack))
            self.forget(stack)
        return self._clean[operation.name]


AnyMatrix = TypeVar("AnyMatrix", bound=Matrix)


@dataclass(frozen=True)
class _Result:
    ended: str
    orphans: int = 0
    problem: str = ""


@dataclass(frozen=True)
class _Case:
    """One fault at one request."""

    matrix: Matrix
    operation: Operation
    fault: str
    number: int

    def run(self) -> _Result:
        """Inject, do, and look."""
        stack = self.matrix.project(self.operation)
        names = self.matrix.names(stack)
        hits: list[bool] = []

        def heal() -> None:
            hits.append(self.matrix.was_hit())
            self.matrix.heal()

        stack.before_rollback = heal
        self.matrix.inject(self.fault, self.number)
        try:
            succeeded = self.operation.run(stack)
            heal()
            if not any(hits):
                return self._problem(stack, "no request was hit")
            if self.operation.run is ProjectStack.delete:
                succeeded = succeeded or _delete_again(stack)
            if succeeded:
                return self._judge(stack, "converged", self.matrix.done(self.operation))
            orphans = len(self.matrix.names(stack) - names)
            before = self.matrix.before(self.operation)
            if orphans or self.matrix.state(stack).content() != before.content():
                return dataclasses.replace(
                    self._problem(stack, "was not taken back whole"), orphans=orphans
                )
            return self._try_again(stack)
        finally:
            self.matrix.forget(stack)

    def _try_again(self, stack: ProjectStack) -> _Result:
        if not self.operation.run(stack):
            return self._problem(stack, "doing it again failed")
        done = self.matrix.done(self.operation)
        if self.matrix.state(stack).content() != done.content():
            return self._problem(stack, "doing it again came to something else")
        return _Result("rolled back")

    def _judge(self, stack: ProjectStack, ended: str, wanted: State) -> _Result:
        found = self.matrix.state(stack)
        if found == wanted:
            return _Result(ended)
        extra = len(found.repositories) - len(wanted.repositories)
        return dataclasses.replace(
            self._problem(stack, f"{found} is not {wanted}"), orphans=max(0, extra)
        )

    def _problem(self, stack: ProjectStack, what: str) -> _Result:
        told = "; ".join(stack.reasons)
        place = f"{self.operation.name}, {self.fault} at request {self.number}"
        return _Result("badly", problem=f"{place}: {what} ({stack.status}: {told})")


def _delete_again(stack: ProjectStack) -> bool:
    return any(stack.delete() for _ in range(_MOST_DELETIONS))


@contextlib.contextmanager
def open_matrix(kind: type[AnyMatrix]) -> Iterator[AnyMatrix]:
    """Open a GitHub for a matrix, in memory where the machine has a folder for that."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
        InProcessGitHub(Path(folder) / "github", validate=False, content_limit=(0, 0)) as github,
    ):
        yield kind(github)


def run_matrix(
    operations: Iterable[str] = tuple(OPERATIONS), faults: Iterable[str] = FAULTS
) -> Iterator[Row]:
    """Yield the rows of the table."""
    wanted = list(faults)
    with open_matrix(Matrix) as matrix:
        for name in operations:
            for fault in wanted:
                if is_meaningful(name, fault):
                    yield matrix.row(OPERATIONS[name], fault)


def is_meaningful(operation: str, fault: str) -> bool:
    """Tell whether a fault has requests to be injected at (see `Matrix.number_of_requests`)."""
    return not (fault == "401 on" and operation in ("archive", "delete"))


def table(rows: Iterable[Row]) -> str:
    """Return the rows as text with aligned columns."""
    head = ("operation", "fault", "injected", "converged", "rolled back", "orphans")
    lines = [head] + [
        (
            row.operation,
            row.fault,
            *map(str, (row.injected, row.converged, row.rolled_back, row.orphans)),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
