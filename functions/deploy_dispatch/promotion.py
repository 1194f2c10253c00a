"""What a decision about a version, or the end of a deployment, asks of the stages.

- approved: deploy it to the first stage;
- deployed to a stage: go on to the next, by itself or when its gate is passed;
- a gate passed in the registry: deploy it to that stage, unless its approver passed it as well;
- no longer approved: take back what was started, and restore the last healthy version wherever
  it is live.

Everything is looked up anew for each event, so an event that comes twice, late or in another order
asks for nothing else. What counts is the ledger; of the registry, only what changed since it was
looked at last.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy_dispatch.deployment import Deployment
from deploy_dispatch.display import PENDING, show_outcome, show_people
from deploy_dispatch.ledger import Decisions, Ledger
from deploy_dispatch.look import UNKNOWN, Look, Seen
from deploy_dispatch.order import (
    FIRST_STAGE,
    LATER_STAGES,
    STAGES,
    Order,
    promotion,
    removal,
    restoration,
)
from deploy_dispatch.registry import APPROVED, Registry, Version
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.stage_history import History
from deploy_dispatch.stage_report import (
    CANCELLED,
    DEPLOYED,
    REMOVED,
    SKIPPED,
    NextStage,
    StageReport,
)

_NOBODY = "it cannot be told who approved; approve it once more"


@dataclass(frozen=True)
class Promotion:
    """The stages of one project.

    Args:
        registry: of the project's account.
        ledger: what was decided, and what ran where.
        look: at a version; notes who decided.
        group: the project's model package group.
        workflow: the file of the deploy workflow.
        deployment: sees to one order, as long as it is wanted.
    """

    registry: Registry
    ledger: Ledger
    look: Look
    group: str
    workflow: str
    deployment: Callable[[Order, Callable[[], bool]], Deployment]

    def follow_change(self, change: RegistryChange) -> str:
        """Act on a change in the registry, and say what was done."""
        version = self.registry.find_changed(change)
        seen = self.look.at(version) if version else None
        if seen and seen.is_admitted:
            return "; ".join(self._approved(seen))
        if seen and seen.version.is_approved:
            return self._ask_again(seen.version)
        done = [f"{change.model_package_arn} is not approved"]
        if seen is None or seen.decisions.revision:
            done += self._withdrawn(change.model_package_arn, seen)
        return "; ".join(done)

    def follow_report(self, report: StageReport) -> str:
        """Act on the end of a run, and say what was done."""
        version = self.registry.find(report.model_package_arn)
        if version is None:
            return f"ignored: {report.model_package_arn} is deleted"
        seen = self.look.at(version)
        history = self.ledger.change_history(self.group, lambda known: known.after(report))
        self.ledger.tell_live_version(self.group, history)
        done = [] if report.outcome == SKIPPED else [self._record(seen, report, history)]
        if report.outcome == CANCELLED:
            return "; ".join(done)  # whoever cancelled it wants nothing else started
        if report.outcome == DEPLOYED and seen.is_admitted and not report.is_restoration:
            if report.next is not None:
                done.append(self._go_on(seen, report.next, report.approved_by))
        elif report.outcome in (DEPLOYED, REMOVED, SKIPPED) or not report.is_restoration:
            done += self._replace_unapproved(history)
            done += self._resume_newer(history, report.stage)
        return "; ".join(done)

    def _approved(self, seen: Seen) -> list[str]:
        version, decisions = seen.version, seen.decisions
        self._show_people(version, decisions)
        done = [self._promote(version.arn, FIRST_STAGE, decisions.approved_by)]
        if version.stage in LATER_STAGES and version.stage_status == APPROVED:
            done.append(self._pass_gate(seen))
        return done

    def _ask_again(self, version: Version) -> str:
        """Tell people that an approval does not count, since nobody is known to have given it."""
        if (version.stage, version.stage_status) != (FIRST_STAGE, PENDING):
            sentence = f"Not deployed: {_NOBODY}."
            self.registry.write(version, stage=(FIRST_STAGE, PENDING, sentence))
        return f"refused {version.arn}: {_NOBODY}"

    def _withdrawn(self, arn: str, seen: Seen | None) -> list[str]:
        """Take back what an approval asked for."""
        # Shown first: whoever approves again when it is taken back must be the last to change it.
        if seen is not None:
            self._show_people(seen.version, seen.decisions)
        for stage in STAGES:
            order = promotion(self.workflow, arn, stage)
            self.deployment(order, self._is_approved(arn)).release()
        if seen is None:
            return []
        history = self.ledger.history(self.group)
        return self._replace_unapproved(history) if history.has(arn) else []

    def _pass_gate(self, seen: Seen) -> str:
        """Deploy to the stage that somebody opened, unless nobody asked or it is self-approved."""
        version, stage = seen.version, seen.version.stage
        opener = self.look.person(version.changed_by)

        def opened(known: Decisions) -> Decisions:
            if known.opened_by.get(stage) or _refusal(known, stage, opener):
                return known
            return replace(known, opened_by={**known.opened_by, stage: opener})

        decisions = self.ledger.change_decisions(seen.decisions, opened)
        opened_by = decisions.opened_by.get(stage, "")
        if not opened_by:
            refusal = _refusal(decisions, stage, opener)
            self.registry.write(version, stage=(stage, PENDING, f"Not deployed: {refusal}."))
            return f"refused for {stage}: {refusal}"
        self._show_people(version, decisions)
        return self._promote(version.arn, stage, opened_by)

    def _go_on(self, seen: Seen, next_: NextStage, approved_by: str) -> str:
        version, decisions, stage = seen.version, seen.decisions, next_.stage
        if next_.approval != "registry":
            return self._promote(version.arn, stage, approved_by)
        if decisions.gate == stage or stage in decisions.opened_by:
            return f"{stage} was asked for already"
        how = (
            f"Set the stage {stage} to {APPROVED} to deploy this version there. "
            f"Its approver, {decisions.approved_by}, cannot do that as well."
        )
        # First shown, then asked: what the version says of itself before that opens nothing.
        self.registry.write(version, stage=(stage, PENDING, how))
        self.ledger.change_decisions(decisions, lambda known: replace(known, gate=stage))
        return f"asked for an approval of {stage}"

    def _record(self, seen: Seen, report: StageReport, history: History) -> str:
        """Show how a run ended, unless the report is an older one."""
        version, stage = seen.version, report.stage
        said = f"{report.outcome} of {version.arn} in {stage}"
        presence = history.of(stage, version.arn)
        if presence.ended != report.at:
            return f"known: {said}"
        decisions = self.ledger.change_decisions(
            seen.decisions,
            lambda known: replace(known, digests={**report.digests, **known.digests}),
        )
        show_outcome(self.registry, version, report, presence, decisions.digests)
        return f"recorded: {said}"

    def _show_people(self, version: Version, decisions: Decisions) -> None:
        people = {"": decisions.approved_by, **decisions.opened_by}
        show_people(self.registry, version, people)

    def _replace_unapproved(self, history: History) -> list[str]:
        """Restore the last healthy version wherever one is live that is not approved."""
        done = []
        for stage in STAGES:
            serving = history.live(stage)
            # What a deleted version served stays, until somebody decides.
            if not serving or not self._is_rejected(serving):
                continue
            found, since = self._restorable(history, stage), history.last_end(stage)
            order = (
                restoration(self.workflow, serving, stage, since, found)
                if found
                else removal(serving, stage, since)
            )
            done.append(self.deployment(order, self._is_not_approved(serving)).settle())
        return done

    def _is_rejected(self, arn: str) -> bool:
        version = self.registry.find(arn)
        return version is not None and not version.is_approved

    def _restorable(self, history: History, stage: str) -> str:
        """The approved version that was healthy in a stage last; empty if none."""
        found = (self.registry.find(arn) for arn in history.healthy(stage))
        seen = (self.look.at(version) for version in found if version and version.is_approved)
        return next((each.version.arn for each in seen if each.is_admitted), "")

    def _resume_newer(self, history: History, stage: str) -> list[str]:
        """Deploy the newest version after all, if what just ended took its place in the queue."""
        newest = self.registry.newest_approved(self.group)
        if not newest or history.of(stage, newest).healthy:
            return []
        order = promotion(self.workflow, newest, stage)
        return [self.deployment(order, self._is_approved(newest)).resume()]

    def _promote(self, arn: str, stage: str, approved_by: str = "") -> str:
        order = promotion(self.workflow, arn, stage, approved_by)
        return self.deployment(order, self._is_approved(arn)).settle()

    def _is_approved(self, arn: str) -> Callable[[], bool]:
        return lambda: self.registry.is_approved(arn)

    def _is_not_approved(self, arn: str) -> Callable[[], bool]:
        return lambda: not self.registry.is_approved(arn)


def _refusal(decisions: Decisions, stage: str, opener: str) -> str:
    """Why a gate stays shut; empty if it may open."""
    if decisions.gate != stage:
        return f"this version has not come to {stage} yet"
    if decisions.approved_by == UNKNOWN:
        return "it is not known who approved the model; take its approval back and approve it again"
    if opener in ("", UNKNOWN):
        return _NOBODY
    if opener == decisions.approved_by:
        return f"{opener} approved the model already, and somebody else must approve {stage}"
    return ""
