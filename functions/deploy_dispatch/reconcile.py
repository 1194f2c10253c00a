"""Brings the stages of one project to what they should be: look, decide, order, until it rests.

Every event is only a reason to do that. A report, and what GitHub alone tells of a run, are written
into the ledger first; what people did is written down at the look; then the rules (`decide.py`)
say what is to be done, of what is known by then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy_dispatch import decision_log
from deploy_dispatch.announcements import Announcer
from deploy_dispatch.decide import (
    AskAgain,
    AskGate,
    CallOff,
    Resume,
    Start,
    Step,
    View,
    decide,
)
from deploy_dispatch.dispatch_workflow import DispatchRefusedError
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.look import Look, Seen
from deploy_dispatch.order import LOOK, Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.run_ends import RunEnds
from deploy_dispatch.stage_record import (
    LOOKED,
    SKIPPED,
    STARTING,
    WITHDRAWN,
    RunEnd,
    StageRecord,
    UnderWay,
)
from deploy_dispatch.stage_report import StageReport
from deploy_dispatch.start_run import Starter
from deploy_dispatch.withdrawal import Withdrawal

# Each round does what the one before made possible; a stage needs two or three.
_MOST_ROUNDS = 12


class RestlessError(Exception):
    """The stages of a project do not come to rest."""

    def __init__(self, group: str, step: Step) -> None:
        super().__init__(
            f"The stages of {group} do not come to rest after {_MOST_ROUNDS} rounds, the last of "
            f"which was {step}; the event is tried again by itself."
        )


class _HeldUpError(Exception):
    """A stage is left to a run that a person started."""

    def __init__(self, title: str) -> None:
        super().__init__(f"waits for the end of {title!r}, which nobody ordered")


@dataclass(frozen=True)
class Reconciler:
    """Sees to one project on behalf of one event.

    Args:
        group: the project's model package group.
        list_stages: tells which stages the project lists; asks GitHub once.
        look: at its versions.
        ledger: what is known.
        run_ends: asks GitHub about runs.
        starter: starts runs.
        withdrawal: takes back what has not begun.
        announcer: tells people.
    """

    group: str
    list_stages: Callable[[], tuple[Stage, ...]]
    look: Look
    ledger: Ledger
    run_ends: RunEnds
    starter: Starter
    withdrawal: Withdrawal
    announcer: Announcer

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the project, in order."""
        return self.list_stages()

    def take_in(self, report: StageReport) -> StageRecord | None:
        """Write down how a run ended; returns what is known then, None if a later run ended.

        Raises:
            ReportError: GitHub does not confirm the report.
        """
        record = self.ledger.project(self.group).of(report.stage)
        end = self.run_ends.of_report(report, record, lambda arn: self.ledger.decisions(arn).number)
        after = self._count(end)
        # A run that is not the one under way may have pushed that aside.
        if after.under_way is not None:
            self._take_in_silent_end(after.under_way)
        is_known = end.place not in (after.last_run, after.of(report.model_package_arn).place)
        return None if is_known else after

    def follow(self, report: StageReport) -> list[str]:
        """Take a report in, show it, and do what it asks for; returns what was done.

        Raises:
            ReportError: as for `take_in`.
            GitHubError: as for `settle`.
        """
        record = self.take_in(report)
        seen = self.look.around(about=report.model_package_arn)
        said = f"{report.outcome} of {report.model_package_arn or 'nothing'} in {report.stage}"
        # Shown again if an earlier attempt was cut off before it had shown it.
        if record is not None and report.outcome not in (SKIPPED, LOOKED):
            self.announcer.show(report, record, seen)
        return [f"{'known' if record is None else 'recorded'}: {said}", *self.settle(seen)]

    def take_in_silent_ends(self) -> list[str]:
        """Write down the ends of runs that sent no report, or could not."""
        done = []
        for record in self.ledger.project(self.group).stages.values():
            under_way = record.under_way
            if under_way is not None and self._take_in_silent_end(under_way):
                done.append(f"ended without a report: {under_way.order.title!r}")
        return done

    def _take_in_silent_end(self, under_way: UnderWay) -> bool:
        if under_way.state == STARTING:
            return False
        end = self.run_ends.without_report(under_way)
        if end is not None:
            self._count(end)
        return end is not None

    def settle(self, seen: Seen, change: RegistryChange | None = None) -> list[str]:
        """Do all that there is to do now, and say what was done.

        Args:
            seen: at the first look.
            change: in the registry, if that is the reason to look.

        Raises:
            GitHubError: GitHub did not start a run; the event must be tried again.
            ClaimBusyError: the same.
            RestlessError: the same.
        """
        done: list[str] = []
        left: set[Step] = set()
        is_held_up = False
        for _ in range(_MOST_ROUNDS):
            self.announcer.clean(seen, self.stages[0].name)
            view = self._view(seen)
            decided = decide(view)
            steps = [step for step in decided if _as_left(step) not in left]
            if steps:
                decision_log.write(view, decided)
            self.announcer.show_people(seen, change)
            if not steps:
                self._come_to_rest(seen, is_held_up=is_held_up)
                return done or self.announcer.explain(seen, change, self.stages)
            for step in steps:
                # What is under way by then as it was before is left to whoever sees to it.
                if isinstance(step, CallOff | Resume):
                    left.add(_as_left(step))
                try:
                    done.append(self._carry_out(step, seen))
                except _HeldUpError as held:
                    left.add(step)
                    done.append(str(held))
                    is_held_up = True
            seen = self.look.around(about=change.model_package_arn if change else "")
        raise RestlessError(self.group, steps[-1])

    def _view(self, seen: Seen) -> View:
        states = {arn: version.state for arn, version in seen.versions.items()}
        return View(self.stages, states, seen.project.stages)

    def _carry_out(self, step: Step, seen: Seen) -> str:
        if isinstance(step, Start):
            return self._start(step.order, seen.project.of(step.order.stage))
        if isinstance(step, Resume):
            return self.starter.resume(step.under_way)
        if isinstance(step, CallOff):
            return self._call_off(step.under_way)
        if isinstance(step, AskGate):
            return self.announcer.ask_gate(seen.versions[step.arn], step.stage)
        if isinstance(step, AskAgain):
            return self.announcer.ask_again(seen.versions[step.arn], self.stages[0].name)
        return self.announcer.attend(step)

    def _start(self, order: Order, known: StageRecord) -> str:
        others = self.run_ends.of_others(order, known)
        if others.end is not None:
            self._count(others.end)
            return f"ended without a report: {others.title!r}"
        if others.title:
            self.ledger.mark_busy(self.group)  # nobody may tell of its end
            raise _HeldUpError(others.title)
        try:
            return self.starter.start(order, known, others.newest_id)
        except DispatchRefusedError as error:
            if order.kind != LOOK:
                raise
            # A repository of an earlier template cannot look; people are told, and go on.
            self.ledger.change_stage(
                self.group, order.stage, lambda now: replace(now, is_looked_in_vain=True)
            )
            return str(error)

    def _call_off(self, under_way: UnderWay) -> str:
        """Take a run back that has not begun; one that has begun ends first."""
        # Asked first: what was cancelled before anybody of us wrote that he does it, a person did.
        end = self.run_ends.without_report(under_way)
        held = replace(under_way, state=WITHDRAWN)
        _, now = self.ledger.change_stage(
            self.group,
            under_way.order.stage,
            lambda record: (
                replace(record, under_way=held) if record.under_way == under_way else record
            ),
        )
        if now.under_way != held:
            return f"overtaken: {under_way.order.title!r}"
        end = end or self.withdrawal.of(held)
        if end is None:
            return f"waits for the end of {under_way.order.title!r}"
        self._count(end)
        return f"called off: {under_way.order.title!r}"

    def _count(self, end: RunEnd) -> StageRecord:
        """Write an end down and tell of it, unless that was done; returns what is known then."""
        before, after = self.ledger.change_stage(
            self.group, end.order.stage, lambda record: record.after(end)
        )
        if after.last_run != before.last_run:
            self.announcer.tell_of(end)
        return after

    def _come_to_rest(self, seen: Seen, *, is_held_up: bool) -> None:
        """Tell builds what is live, and have the project left alone if it needs no look."""
        records = seen.project
        serving = [records.of(stage.name).serves for stage in self.stages]
        live = next(filter(None, reversed(serving)), "")
        if records.revision:
            self.ledger.tell_live_version(self.group, live, records.revision)
        self.announcer.show_untested(seen)
        if records.is_at_rest() and not is_held_up:
            self.ledger.mark_at_rest(self.group)


def _as_left(step: Step) -> Step:
    """A step as it is known by that was carried out once."""
    if isinstance(step, CallOff):
        return CallOff(replace(step.under_way, state=WITHDRAWN))
    return step
