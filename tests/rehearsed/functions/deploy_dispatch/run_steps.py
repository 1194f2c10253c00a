"""What happens to runs: they begin, wait for reviews, end, die; and reports are forged."""

from typing import Any

from tests.rehearsed.functions.deploy_dispatch.played_project import PlayedProject
from tests.rehearsed.functions.deploy_dispatch.played_runs import (
    KILLED,
    QUEUED,
    RUNNING,
    WAITING,
    Ending,
    PlayedRun,
    report_event,
)
from tests.rehearsed.functions.deploy_dispatch.world import ARNS, GROUP, REPOSITORY


class RunSteps:
    """Steps of runs in a project; each `place` chooses among what is there."""

    def __init__(self, project: PlayedProject) -> None:
        self._in = project

    def begin(self, *, place: int) -> None:
        """A runner takes a run."""
        run = self._one(place, QUEUED)
        if run is not None:
            self._in.runs.begin(run)

    def never_begin(self, *, place: int) -> None:
        """A run cannot start."""
        run = self._one(place, QUEUED)
        if run is not None:
            self._in.runs.refuse(run)

    def review(self, *, place: int, is_approved: bool) -> None:
        """Somebody reviews a run that waits for that."""
        run = self._one(place, WAITING)
        if run is not None:
            self._in.runs.review(run, is_approved=is_approved)

    def end(
        self, *, place: int, wish: str, is_left: bool, is_told: bool, skew: float, is_lost: bool
    ) -> None:
        """A run ends; its report may be lost."""
        run = self._one(place, RUNNING)
        if run is None:
            return
        is_lost = is_lost and run.is_ordered
        if wish == KILLED and not run.is_ordered:
            wish = "failed"
        event = self._in.runs.end(run, Ending(wish, is_left, is_told, skew))
        if event is None or is_lost:
            self._in.counts["lost reports"] += 1
        else:
            self._in.send(event)

    def pass_on(self, *, place: int) -> None:
        """A run begins, does what it is for, and its report arrives at once."""
        active = self._in.runs.active()
        if not active:
            return
        run = active[place % len(active)]
        if run.state == QUEUED:
            self._in.runs.begin(run)
        if run.state == WAITING:
            self._in.runs.review(run, is_approved=True)
        event = self._in.runs.end(run, Ending()) if run.state == RUNNING else None
        if event is not None:
            self._in.send(event)
            sent = self._in.events.pop()
            self._in.count_delivery(sent)
            self._in.asynchronously(event, may_fail=self._in.may_be_refused(sent))

    def forge_report(self, *, place: int, what: str, stage: str, serves: int) -> None:
        """A stage's role reports what is not true."""
        runs = [run for run in self._in.runs.attempts if run.stage == stage]
        if not runs or not self._in.versions:
            return
        run = runs[-1 - place % len(runs)]
        version = self._in.versions[serves % len(self._in.versions)]
        detail = self._forged(run, what, version)
        if detail is not None:
            number = self._in.counts["events"]
            event = report_event(stage, detail, f"forged-{number}")
            self._in.send(event, is_forged=True)
            self._in.counts["forged reports"] += 1

    def _forged(self, run: PlayedRun, what: str, version: str) -> dict[str, Any] | None:
        detail: dict[str, Any] = {
            "modelPackageGroupName": GROUP,
            "modelPackageArn": run.arn or version,
            "stage": run.stage,
            "outcome": "deployed",
            "serves": run.arn or version,
            "at": "2026-11-23T12:00:00.000Z",
            "runUrl": f"https://github.test/{REPOSITORY}/actions/runs/{run.id}",
            "runAttempt": run.attempt,
        }
        if what == "another version":
            other = f"{ARNS}:model-package/{GROUP}/77"
            return {**detail, "modelPackageArn": other, "serves": other}
        if what == "another stage's run":
            others = [other for other in self._in.runs.attempts if other.stage != run.stage]
            url = f"https://github.test/{REPOSITORY}/actions/runs/{others[-1].id if others else 1}"
            return {**detail, "runUrl": url}
        if what == "no run":
            return {**detail, "runUrl": f"https://github.test/{REPOSITORY}/actions/runs/77"}
        if what == "no attempt":
            return {**detail, "runAttempt": run.attempt + 50}
        # A run whose end is known already is not another time what the stage serves.
        return detail if run.reported and not run.is_look else None

    def _one(self, place: int, state: str) -> PlayedRun | None:
        runs = [run for run in self._in.runs.active() if run.state == state]
        return runs[place % len(runs)] if runs else None
