"""Any order of decisions, deliveries and endings leaves every stage with an approved version.

A machine plays reviewers, EventBridge and GitHub: it approves and rejects, delivers events late,
twice and in any order, and lets runs wait for each other, succeed, fail and roll back.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.rehearsed.functions.deploy_dispatch.forgery import carried
from tests.rehearsed.functions.deploy_dispatch.stages import STAGES, Run, cancel, parse_run, report
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, DispatchWorld, open_world

pytestmark = pytest.mark.tier("test")
_PLACES = st.integers(min_value=0, max_value=99)
_MOST_ROUNDS = 60


class StagesMachine(RuleBasedStateMachine):
    """One project with three stages; GitHub runs one deployment of a stage at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()
        folder = tempfile.mkdtemp()
        self._closing.callback(shutil.rmtree, folder)
        self.world: DispatchWorld = self._closing.enter_context(open_world(Path(folder) / "github"))
        self.world.github.validate = False
        self.events: list[dict[str, Any]] = []
        self.versions: list[str] = []
        self.approvals: Counter[str] = Counter()
        self.known = 0
        self.running: dict[str, Run] = {}
        self.waiting: dict[str, Run] = {}
        self.live: dict[str, str] = {}
        self.healthy: dict[str, list[str]] = {stage: [] for stage in STAGES}
        self.gates: dict[str, str] = {}
        self.cancelled: set[str] = set()  # by a person

    def teardown(self) -> None:
        """Let everything come to rest, and look."""
        try:
            self._come_to_rest()
            self._look()
        finally:
            self._closing.close()

    @initialize(staging=st.sampled_from(["automatic", "environment"]))
    def choose(self, staging: str) -> None:
        """How staging and prod are approved; the registry's gates are tried elsewhere."""
        self.gates = {"dev": staging, "staging": "automatic"}

    @rule(is_forged=st.booleans())
    def approve_new(self, is_forged: bool) -> None:
        """A new version is approved, whatever it says of itself."""
        arn = self.world.new_version()
        if is_forged:
            self.world.aws.annotations[arn] = carried()
        self.versions.append(arn)
        self._decide(arn, "Approved")

    @precondition(lambda self: self.versions)
    @rule(place=_PLACES)
    def change_mind(self, place: int) -> None:
        """A version is rejected, or approved again."""
        arn = self.versions[place % len(self.versions)]
        self._decide(arn, "Rejected" if self._is_approved(arn) else "Approved")

    @precondition(lambda self: self.events)
    @rule(place=_PLACES, keep=st.booleans())
    def deliver(self, place: int, keep: bool) -> None:
        """Any event arrives; it may arrive once more later."""
        event = self.events[place % len(self.events)]
        if not keep:
            self.events.remove(event)
        self._invoke(event)

    @precondition(lambda self: self.running)
    @rule(place=_PLACES, outcome=st.sampled_from(["deployed", "deployed", "failed", "rolled_back"]))
    def end_run(self, place: int, outcome: str) -> None:
        """A run ends, and the one that waited for it begins."""
        stages = sorted(self.running)
        self._end(stages[place % len(stages)], outcome)

    @precondition(lambda self: self.running)
    @rule(place=_PLACES, is_left_serving=st.booleans())
    def cancel_run(self, place: int, is_left_serving: bool) -> None:
        """A person cancels a run, which may have changed the stage already."""
        stages = sorted(self.running)
        run = self.running[stages[place % len(stages)]]
        if run.rejected:
            return  # whoever cancels the way back wants the rejected version to go on serving
        cancel(self.world, run.title, began=True)
        self.cancelled.add(run.title)
        self._end(run.stage, "left" if is_left_serving else "cancelled")

    def _decide(self, arn: str, status: str) -> None:
        self.approvals[arn] += status == "Approved"
        self.events.append(self.world.decide(arn, status))

    def _is_approved(self, arn: str) -> bool:
        return self.world.aws.versions[arn][0] == "Approved"

    def _invoke(self, event: dict[str, Any]) -> None:
        self.world.github.clock.advance(30)
        self.world.invoke(event)
        titles = self.world.titles()
        for title in titles[self.known :]:
            self._begin(parse_run(title))
        self.known = len(titles)

    def _begin(self, run: Run) -> None:
        if run.stage not in self.running:
            self.running[run.stage] = run
            return
        dropped = self.waiting.get(run.stage)
        if dropped is not None:
            self._mark_cancelled(dropped)
        self.waiting[run.stage] = run

    def _mark_cancelled(self, run: Run) -> None:
        path = "/repos/octo/rings-deploy/actions/runs"
        listed = self.world.github.rest("GET", f"{path}?per_page=100")["workflow_runs"]
        found = next(item for item in listed if item["display_title"] == run.title)
        if found["status"] != "completed":
            self.world.github.rest("POST", f"{path}/{found['id']}/cancel")

    def _end(self, stage: str, outcome: str) -> None:
        run = self.running.pop(stage)
        self.world.github.clock.advance(1)
        arn = run.arn or self.live.get(stage, "")
        if run.rejected and self.live.get(stage) != run.rejected:
            outcome = "skipped"  # something else took its place meanwhile
        elif run.arn and not self._is_approved(run.arn):
            outcome = "failed"  # it is not admitted
        elif not run.arn:
            outcome = "removed"
        if outcome == "deployed":
            self.live[stage] = arn
            self.healthy[stage].append(arn)
        if outcome == "left":
            self.live[stage] = arn
        if outcome == "removed":
            self.live.pop(stage, None)
        if arn:
            told = report(
                self.world,
                arn,
                stage,
                "cancelled" if outcome == "left" else outcome,
                serves=self.live.get(stage, ""),
                approval=self.gates.get(stage, "automatic"),
                insteadOf=run.rejected,
            )
            self.events.append(told)
        following = self.waiting.pop(stage, None)
        if following is not None:
            self.running[stage] = following

    def _come_to_rest(self) -> None:
        """Deliver what is on its way, and let every run that is left succeed."""
        for _ in range(_MOST_ROUNDS):
            if not self.events and not self.running:
                return
            while self.events:
                self._invoke(self.events.pop(0))
            for stage in sorted(self.running):
                self._end(stage, "deployed")
        raise AssertionError(f"it does not come to rest: {self.world.titles()[-6:]}")

    def _look(self) -> None:
        for stage in STAGES:
            serving = self.live.get(stage)
            assert serving is None or self._is_approved(serving), (stage, self.world.titles())
            if any(self._is_approved(arn) for arn in self.healthy[stage]):
                assert serving is not None, (stage, self.world.titles())
        told = self.world.aws.items.get(f"live {GROUP}", {}).get("Live", {}).get("S", "")
        last = next((self.live[stage] for stage in reversed(STAGES) if stage in self.live), "")
        assert told == last, (self.live, self.world.titles())
        started = Counter(self.world.titles())
        for arn in self.versions:
            for stage in STAGES:
                cancelled = self._cancelled(f"Deploy {arn} to {stage}")
                count = started[f"Deploy {arn} to {stage}"] - cancelled
                assert count <= self.approvals[arn], (arn, stage, self.world.titles())
        approved = [arn for arn in self.versions if self._is_approved(arn)]
        title = f"Deploy {approved[-1]} to dev" if approved else ""
        if approved and title not in self.cancelled:
            # it may have failed, but nothing may have pushed it aside for good
            assert started[title] > self._cancelled(title), self.world.titles()

    def _cancelled(self, title: str) -> int:
        path = "/repos/octo/rings-deploy/actions/runs?per_page=100"
        runs = self.world.github.rest("GET", path)["workflow_runs"]
        return sum(r["display_title"] == title and r["conclusion"] == "cancelled" for r in runs)


TestStages = StagesMachine.TestCase
TestStages.settings = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
