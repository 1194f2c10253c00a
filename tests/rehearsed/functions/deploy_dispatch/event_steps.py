"""How events arrive, how time passes, and what fails meanwhile."""

from collections.abc import Callable

from rehearsal.github.core.faults import FaultWish
from tests.rehearsed.functions.deploy_dispatch.played_project import PlayedProject, Sent
from tests.rehearsed.functions.deploy_dispatch.played_runs import QUEUED
from tests.rehearsed.functions.deploy_dispatch.turns import Turns
from tests.unit.functions.fake_aws import AwsFault

AGENT = "mlops-sm-project-template"
TICK_SECONDS = 600.0
# After so many ticks in a row, a long wait goes on without those that find nothing new.
_MOST_TICKS = 4


class EventSteps:
    """Steps of EventBridge, Lambda and time in a project."""

    def __init__(self, project: PlayedProject) -> None:
        self._in = project
        self._world = project.world
        self._next_tick = project.now + TICK_SECONDS

    def deliver(self, *, place: int, is_kept: bool) -> None:
        """Any event arrives; it may arrive once more later."""
        sent = self._take(place, is_kept=is_kept)
        if sent is not None:
            self._arrive(sent)

    def deliver_together(self, *, places: list[int], seed: int) -> None:
        """Several events arrive at once."""
        taken = [self._take(place, is_kept=False) for place in places]
        self._world.turns = Turns(self._world.github.clock, seed)
        for sent in taken:
            if sent is not None:
                self._in.count_delivery(sent)
                work = self._work(sent)
                self._world.turns.start(work)
        self._world.turns.run()

    def deliver_amid(self, *, place: int, calls: int, act: str, version: int) -> None:
        """An event arrives, and before one of the function's calls of AWS something happens."""
        sent = self._take(place, is_kept=False)
        if sent is None:
            return
        left = iter(range(calls))
        done: list[str] = []

        def happen(_: str) -> None:
            if next(left, None) is None and not done:
                done.append(act)
                self._happen(act, version)

        before = self._world.aws.before_call
        self._world.aws.before_call = happen
        try:
            self._arrive(sent)
        finally:
            self._world.aws.before_call = before

    def _happen(self, act: str, version: int) -> None:
        queued = [run for run in self._in.runs.active() if run.state == QUEUED]
        if act == "begin":
            for run in queued:
                self._in.runs.begin(run)
        elif self._in.versions:
            arn = self._in.versions[-1 - version % len(self._in.versions)]
            self._in.approve(arn, act, "user/bert")

    def lose(self, *, place: int) -> None:
        """An event of the registry never arrives."""
        there = [sent for sent in self._in.events if not sent.is_report]
        if there:
            self._in.events.remove(there[place % len(there)])
            self._in.has_lost = True
            self._in.counts["lost events"] += 1

    def redrive(self) -> None:
        """The platform engineer sends what failed again."""
        for record in self._world.queue[:]:
            self._world.queue.remove(record)
            event = record["requestPayload"]
            self._in.asynchronously(event, may_fail=True)

    def wait(self, *, seconds: float) -> None:
        """Time passes, and the schedule ticks."""
        until, ticks = self._in.now + seconds, 0
        while self._next_tick <= until:
            if ticks == _MOST_TICKS:
                self._next_tick = until
            self._world.github.clock.advance(max(0.0, self._next_tick - self._in.now))
            self.tick()
            ticks += 1
        self._world.github.clock.advance(max(0.0, until - self._in.now))
        self._in.ticked_until = until

    def tick(self) -> None:
        """The schedule has everything looked at that is under way."""
        self._next_tick = self._in.now + TICK_SECONDS
        number = self._in.counts["ticks"] = self._in.counts["ticks"] + 1
        event = {"id": f"tick-{number}", "detail-type": "Scheduled Event", "detail": {}}
        self._in.asynchronously(event, may_fail=False)
        while self._world.aws.invocations:
            self._in.counts["looks"] += 1
            self._in.asynchronously(self._world.aws.invocations.pop(0), may_fail=False)

    def tick_if_due(self) -> None:
        """Tick, should it be time for that."""
        if self._next_tick <= self._in.now:
            self.tick()
        self._in.ticked_until = self._in.now

    def break_github(self, *, kind: str, method: str, nth: int, times: int) -> None:
        """GitHub fails for some requests."""
        wish = {"fault": kind, "method": method, "agent": AGENT, "nth": nth, "times": times}
        self._world.github.faults.add(FaultWish.model_validate(wish))
        self._in.counts["outages"] += 1

    def break_aws(self, *, operation: str, kind: str, nth: int, times: int) -> None:
        """A service of AWS fails for some calls."""
        self._world.aws.faults.append(AwsFault(operation, kind, nth, times))
        self._in.counts["outages"] += 1
        if operation in ("Publish", "PutMetricData"):
            self._in.has_lost_notices = True

    def mend(self) -> None:
        """Nothing fails any more."""
        if self._in.has_outage():
            self._in.last_outage = self._in.now
        self._world.aws.faults.clear()
        self._world.github.faults.clear()

    def _take(self, place: int, *, is_kept: bool) -> Sent | None:
        events = self._in.events
        if not events:
            return None
        sent = events[place % len(events)]
        if not is_kept:
            events.remove(sent)
        return sent

    def _arrive(self, sent: Sent) -> None:
        self._in.count_delivery(sent)
        self._in.asynchronously(sent.event, may_fail=self._in.may_be_refused(sent))

    def _work(self, sent: Sent) -> Callable[[], None]:
        return lambda: self._in.asynchronously(sent.event, may_fail=True)
