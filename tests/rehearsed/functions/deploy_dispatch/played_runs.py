"""Plays GitHub's runners and the stages' endpoints: runs wait for each other, begin, and end.

Of the runs of one stage, one goes on and one waits; who waited before is dropped. What a run does
to its stage, and what it reports, follows from how the deploy workflow does it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from deploy_dispatch.stage_report import REPORT_EVENT
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.stages import put_job
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld

PENDING, QUEUED, WAITING, RUNNING, ENDED = "pending", "queued", "waiting", "running", "ended"
# How attempts end that did nothing: what GitHub did, what the function did, what people did.
DROPPED, CALLED_OFF, CANCELLED, NEVER_BEGUN = "dropped", "called off", "cancelled", "never begun"
DEPLOYED, REMOVED, LOOKED, SKIPPED = "deployed", "removed", "looked", "skipped"
FAILED, ROLLED_BACK, KILLED = "failed", "rolled_back", "killed"
_TITLE = re.compile(
    r"(Deploy (?P<arn>.+) to|Remove|(?P<look>Look at)) (?P<stage>[a-z0-9]+)"
    r"( instead of (?P<rejected>\S+))?"
)
_NEWEST = "the newest approved model"


@dataclass(eq=False)
class PlayedRun:
    """One attempt of a run.

    Attributes:
        title: of the run.
        is_ordered: whether the function started it; a person did otherwise, also each re-run.
        fate: how it ended; empty if it has not.
        is_called_off: whether the function asked GitHub to cancel it.
        is_admitted: whether the version was found approved when the run began.
        is_stale: whether the stage served something else by then than is to be replaced.
        reported: the detail of its report, if it sent one.
    """

    id: int
    attempt: int
    title: str
    stage: str
    arn: str
    instead_of: str
    is_look: bool
    is_ordered: bool
    decision: int = 0
    joined_at: float = 0.0
    ended_at: float = 0.0
    state: str = QUEUED
    fate: str = ""
    is_called_off: bool = False
    is_admitted: bool = False
    is_stale: bool = False
    is_reviewed: bool = False
    reported: dict[str, Any] = field(default_factory=dict)

    @property
    def is_deployment(self) -> bool:
        """Whether it brings a version to the stage that is not a way back."""
        return bool(self.arn) and not self.instead_of


@dataclass
class PlayedStage:
    """A stage as it truly is.

    Attributes:
        serves: ARN of what its endpoint serves; empty if nothing.
        is_tested: whether that passed its test in the run that brought it.
        healthy: versions that passed their test here.
        removed: those that were taken out since.
        by: the attempt that changed it last.
    """

    serves: str = ""
    is_tested: bool = True
    healthy: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    by: PlayedRun | None = None
    holder: PlayedRun | None = None
    waiter: PlayedRun | None = None


@dataclass(frozen=True)
class Ending:
    """How a run is to end, if it comes so far.

    Args:
        wish: DEPLOYED (also: done), FAILED, ROLLED_BACK, CANCELLED or KILLED.
        is_left: whether a run that is cut off leaves the new version serving.
        is_told: whether a run that is cut off can tell what the stage serves.
        skew_seconds: how far the runner's clock is from GitHub's.
    """

    wish: str = DEPLOYED
    is_left: bool = False
    is_told: bool = True
    skew_seconds: float = 0.0


class PlayedRuns:
    """All attempts of all runs.

    Args:
        world: whose GitHub is listened to.
        admits: tells whether the workflow admits a version to a stage.
        newest: the version that a run by hand takes if none is named.
    """

    def __init__(
        self,
        world: DispatchWorld,
        admits: Callable[[str, str, bool], bool],
        newest: Callable[[], str],
    ) -> None:
        self._world, self._admits, self._newest = world, admits, newest
        self._store = world.github.github.store
        self.attempts: list[PlayedRun] = []
        self.stages: dict[str, PlayedStage] = {}
        self.gated: set[str] = set()  # whose environments ask for a review
        self.is_person = False  # who starts and cancels now
        self.on_start: Callable[[PlayedRun], None] = lambda run: None
        self.on_change: Callable[[PlayedRun, str], None] = lambda run, before: None
        world.github.github.run_listeners.append(self._joins)
        world.github.github.cancel_listeners[:] = [self._is_cancelled]

    def stage(self, name: str) -> PlayedStage:
        """A stage, which served nothing at first."""
        return self.stages.setdefault(name, PlayedStage())

    def is_there(self, run_id: int) -> bool:
        """Whether GitHub has a run still."""
        return self._store.get(resources.Run, run_id) is not None

    def active(self) -> list[PlayedRun]:
        """Attempts that have not ended."""
        return [run for run in self.attempts if run.state != ENDED]

    def _joins(self, run_id: int) -> None:
        record = self._record(run_id)
        found = _TITLE.fullmatch(record.title)
        assert found is not None, record.title
        run = PlayedRun(
            id=run_id,
            attempt=record.attempt,
            title=record.title,
            stage=found["stage"],
            arn=found["arn"] or "",
            instead_of=found["rejected"] or "",
            is_look=bool(found["look"]),
            is_ordered=not self.is_person,
            joined_at=self._now(),
        )
        self.on_start(run)
        self.attempts.append(run)
        stage = self.stage(run.stage)
        if stage.holder is None:
            stage.holder = run
            return
        if stage.waiter is not None:
            self._end(stage.waiter, DROPPED, "cancelled", steps=False)
        stage.waiter, run.state = run, PENDING
        self._put(run, status="pending")

    def _is_cancelled(self, run_id: int) -> None:
        run = next(run for run in reversed(self.attempts) if run.id == run_id)
        fate = CANCELLED if self.is_person else CALLED_OFF
        run.is_called_off |= not self.is_person
        if run.state in (PENDING, QUEUED, WAITING):
            self._end(run, fate, "cancelled", steps=False)

    def begin(self, run: PlayedRun) -> None:
        """A runner takes a run, or its environment asks for a review first."""
        if run.stage in self.gated and not run.is_reviewed:
            run.state = WAITING
            self._put(run, status="waiting")
            return
        if run.arn == _NEWEST:
            run.arn = self._newest()
        run.state = RUNNING
        run.is_admitted = bool(run.arn) and self._admits(run.arn, run.stage, bool(run.instead_of))
        run.is_stale = run.instead_of not in ("", self.stage(run.stage).serves)
        self._put(run, status="in_progress")

    def review(self, run: PlayedRun, *, is_approved: bool) -> None:
        """A reviewer lets a run into its environment, or does not."""
        if not is_approved:
            self._end(run, NEVER_BEGUN, "failure", steps=False)
            return
        run.is_reviewed = True
        self.begin(run)

    def refuse(self, run: PlayedRun) -> None:
        """A run never begins: its workflow cannot be read, or its action is not allowed."""
        self._end(run, NEVER_BEGUN, "startup_failure", steps=False)

    def delete(self, run: PlayedRun) -> None:
        """Somebody deletes a run that has ended, with all of its attempts."""
        record = self._store.get(resources.Run, run.id)
        if record is not None and record.status == "completed":
            self._store.delete(record)

    def end(self, run: PlayedRun, ending: Ending) -> dict[str, Any] | None:
        """End a run that has begun; returns the event that reports it, if it sends one."""
        if run.is_called_off:
            ending = replace(ending, wish=CANCELLED, is_left=False)
        before = self.stage(run.stage).serves
        told = self._acted(run, ending)
        after = self.stage(run.stage)
        if told is not None and told["outcome"] in (FAILED, CANCELLED) and not ending.is_told:
            told["serves"] = None
        is_done = told is not None and told["outcome"] in (DEPLOYED, REMOVED, LOOKED, SKIPPED)
        conclusion = "success" if is_done else "failure"
        fate = told["outcome"] if told is not None else KILLED
        if ending.wish == CANCELLED:
            conclusion, fate = "cancelled", CALLED_OFF if run.is_called_off else CANCELLED
        self._end(run, fate, conclusion, steps=True)
        if before != after.serves or (told is not None and told["outcome"] == DEPLOYED):
            after.by = run
            self.on_change(run, before)
        if told is None or not (told["modelPackageArn"] or told["outcome"] == LOOKED):
            return None
        return self._report(run, told, ending.skew_seconds)

    def _acted(self, run: PlayedRun, ending: Ending) -> dict[str, Any] | None:
        """What a run does to its stage, and what it tells of that."""
        stage = self.stage(run.stage)
        if run.is_look:
            if ending.wish != DEPLOYED:
                return None
            return _told(LOOKED, stage.serves, stage.serves, is_untouched=True)
        if run.title.startswith("Deploy"):
            return self._deploys(run, stage, ending) if run.arn else None  # none is approved
        served = stage.serves
        if run.is_stale:
            return _told(SKIPPED, run.instead_of, served, is_untouched=True)
        if ending.wish == DEPLOYED or ending.is_left:
            stage.removed.add(served)
            stage.serves, stage.is_tested = "", True
        if ending.wish == KILLED:
            return None
        outcome = {DEPLOYED: REMOVED, CANCELLED: CANCELLED}.get(ending.wish, FAILED)
        return _told(outcome, run.instead_of or served, stage.serves)

    def _deploys(self, run: PlayedRun, stage: PlayedStage, ending: Ending) -> dict[str, Any] | None:
        if ending.wish == KILLED and not ending.is_left:
            return None
        if run.is_stale:
            return _told(SKIPPED, run.arn, stage.serves, is_untouched=True)
        if not run.is_admitted:
            return _told(FAILED, run.arn, None, is_untouched=True)
        if ending.wish == DEPLOYED:
            stage.serves, stage.is_tested = run.arn, True
            stage.healthy.add(run.arn)
            stage.removed.discard(run.arn)
            return _told(DEPLOYED, run.arn, run.arn)
        if ending.wish == ROLLED_BACK:
            return _told(ROLLED_BACK, run.arn, stage.serves)
        if ending.is_left:
            stage.serves, stage.is_tested = run.arn, False
        if ending.wish == KILLED:
            return None
        return _told(CANCELLED if ending.wish == CANCELLED else FAILED, run.arn, stage.serves)

    def _report(self, run: PlayedRun, told: dict[str, Any], skew_seconds: float) -> dict[str, Any]:
        at = datetime.fromtimestamp(self._now() + skew_seconds, UTC)
        run.reported = {
            "modelPackageGroupName": GROUP,
            "stage": run.stage,
            "at": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "reason": "",
            "runUrl": f"https://github.test/{REPOSITORY}/actions/runs/{run.id}",
            "runAttempt": run.attempt,
            "configuration": "c" * 40,
            "insteadOf": run.instead_of,
            "approvedBy": "",
            "modelSha256": None,
            "dataSha256": None,
            "next": None,
            **told,
        }
        return report_event(run.stage, run.reported, f"report-{run.id}-{run.attempt}")

    def _end(self, run: PlayedRun, fate: str, conclusion: str, *, steps: bool) -> None:
        run.state, run.fate, run.ended_at = ENDED, fate, self._now()
        if conclusion != "startup_failure":  # which never comes to have jobs
            self._put_job(run, conclusion, steps=steps)
        self._put(run, status="completed", conclusion=conclusion)
        stage = self.stage(run.stage)
        if stage.waiter is run:
            stage.waiter = None
        if stage.holder is run:
            stage.holder, stage.waiter = stage.waiter, None
            if stage.holder is not None:
                stage.holder.state = QUEUED
                self._put(stage.holder, status="queued")

    def _put_job(self, run: PlayedRun, conclusion: str, *, steps: bool) -> None:
        record = self._record(run.id)
        put_job(self._world, record, conclusion, began=steps, attempt=run.attempt)

    def _put(self, run: PlayedRun, **changed: Any) -> None:
        now = self._world.github.github.now()
        self._store.put(replace(self._record(run.id), updated_at=now, **changed))

    def _record(self, run_id: int) -> resources.Run:
        found = self._store.get(resources.Run, run_id)
        assert found is not None, run_id
        return found

    def _now(self) -> float:
        return self._world.github.clock.seconds()


def report_event(stage: str, detail: dict[str, Any], id_: str) -> dict[str, Any]:
    """The event that a stage's role puts on the bus."""
    project = GROUP.removeprefix("Rings-")
    return {
        "id": id_,
        "source": f"mlops-sm-project.{project}.{stage}",
        "detail-type": REPORT_EVENT,
        "detail": detail,
    }


def _told(
    outcome: str, arn: str, serves: str | None, *, is_untouched: bool = False
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "modelPackageArn": arn,
        "serves": serves,
        "untouched": is_untouched,
    }
