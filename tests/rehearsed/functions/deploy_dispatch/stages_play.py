"""Plays steps in a project, and looks after each of them what is broken."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy_dispatch.handler import LOOK_EVENT
from tests.rehearsed.functions.deploy_dispatch import stage_invariants
from tests.rehearsed.functions.deploy_dispatch.event_steps import TICK_SECONDS, EventSteps
from tests.rehearsed.functions.deploy_dispatch.people_steps import PeopleSteps
from tests.rehearsed.functions.deploy_dispatch.played_project import REGISTRY, PlayedProject
from tests.rehearsed.functions.deploy_dispatch.played_runs import (
    QUEUED,
    RUNNING,
    WAITING,
    Ending,
    PlayedRun,
)
from tests.rehearsed.functions.deploy_dispatch.run_steps import RunSteps
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, open_world

Step = tuple[str, dict[str, Any]]

_MOST_ROUNDS = 60


class StagesPlay:
    """One project, step by step.

    Args:
        project: in which nothing happened yet.
    """

    def __init__(self, project: PlayedProject) -> None:
        self.project = project
        self.events = EventSteps(project)
        self.steps: list[Step] = []
        self._actors = (PeopleSteps(project), RunSteps(project), self.events)
        project.runs.on_start = self._note_start
        project.runs.on_change = self._note_change

    def do(self, name: str, **arguments: Any) -> None:
        """Play one step.

        Raises:
            AssertionError: an invariant is broken; it names its number.
        """
        self.steps.append((name, arguments))
        self.project.counts["steps"] += 1
        self.events.tick_if_due()
        actor = next(actor for actor in self._actors if hasattr(actor, name))
        getattr(actor, name)(**arguments)
        self._look()

    def come_to_rest(self) -> None:
        """Let all that is on its way arrive, and every run that is left succeed; then look.

        Raises:
            AssertionError: as above.
        """
        self.events.mend()
        before = None
        for _ in range(_MOST_ROUNDS):
            self._let_arrive()
            self.events.wait(seconds=TICK_SECONDS)
            self._look()
            now = (self.project.record(), self.project.counts["events"])
            if now == before and not self.project.runs.active():
                break
            before = now
        else:
            self.project.broken.append("2: the stages do not come to rest")
        self.project.broken += stage_invariants.at_rest(self.project)
        self._look()

    def _let_arrive(self) -> None:
        """Deliver what is on its way, and end what runs, until nothing follows from that."""
        if self.project.world.queue:
            self.events.redrive()
        if self.project.has_lost:
            self.project.has_lost = False
            self._look_at_project()
        while self.project.events or self.project.runs.active():
            while self.project.events:
                self.events.deliver(place=0, is_kept=False)
                self._look()
            for run in self.project.runs.active():
                self._finish(run)

    def _finish(self, run: PlayedRun) -> None:
        runs = self.project.runs
        if run.state == QUEUED:
            runs.begin(run)
        if run.state == WAITING:
            runs.review(run, is_approved=True)
        if run.state == RUNNING:
            event = runs.end(run, Ending())
            if event is not None:
                self.project.send(event)

    def _look_at_project(self) -> None:
        detail = {"modelPackageGroupName": GROUP}
        look = {"id": "last-look", "detail-type": LOOK_EVENT, "detail": detail}
        self.project.asynchronously(look, may_fail=False)

    def _note_start(self, run: PlayedRun) -> None:
        if run.is_ordered:
            self.project.counts["orders"] += 1
            self.project.counts[f"orders: {_kind(run, self.project)}"] += 1
            self.project.note_decisions()
            self.project.broken += stage_invariants.at_start(self.project, run)

    def _note_change(self, run: PlayedRun, before: str) -> None:
        self.project.broken += stage_invariants.after_change(self.project, run, before)

    def _look(self) -> None:
        self.project.note_decisions()
        self.project.broken += stage_invariants.after_step(self.project)
        if self.project.broken:
            self.project.counts["wrong orders"] += 1
            raise AssertionError(self.explain())

    def explain(self) -> str:
        """What is broken, and what was done before."""
        runs = "\n".join(f"  {_shown(run)}" for run in self.project.runs.attempts)
        steps = "\n".join(f"    {step!r}," for step in self.steps)
        return f"invariant {'; '.join(self.project.broken)}\n{runs}\nSTEPS = (\n{steps}\n)"


def _kind(run: PlayedRun, project: PlayedProject) -> str:
    """What an order is for, as the figures tell it."""
    if run.is_look:
        return "look"
    if not run.is_deployment:
        return "way back"
    return "gate" if project.listed.get(run.stage) == REGISTRY else "deployment"


def _shown(run: PlayedRun) -> str:
    who = "ordered" if run.is_ordered else "by hand"
    told = run.reported and (run.reported["outcome"], run.reported["serves"])
    times = f"{run.joined_at:.0f} to {run.ended_at:.0f}"
    return f"{run.id} {run.attempt} {run.title!r} {who} {times}: {run.fate or run.state} {told}"


@contextmanager
def open_play(listed: dict[str, str]) -> Iterator[StagesPlay]:
    """Make a project with these stages."""
    folder = Path(tempfile.mkdtemp())
    try:
        with open_world(folder / "github") as world:
            project = PlayedProject(world)
            project.list_stages(listed)
            yield StagesPlay(project)
    finally:
        shutil.rmtree(folder)


def broken_by(listed: dict[str, str], steps: Sequence[Step]) -> list[str]:
    """Play recorded steps to their rest; returns what is broken, nothing if all holds."""
    with open_play(listed) as play:
        try:
            for name, arguments in steps:
                play.do(name, **arguments)
            play.come_to_rest()
        except AssertionError:
            if not play.project.broken:
                raise
        return play.project.broken
