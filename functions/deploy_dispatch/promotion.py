"""What a decision about a version, or the end of a deployment, asks of the stages.

- approved: deploy it to the first stage;
- deployed to a stage: go on to the next, by itself or when its gate is passed;
- a gate passed in the registry: deploy it to that stage, unless its approver passed it as well;
- no longer approved: take back what was started, and restore the last healthy version wherever
  it is live.

Everything is looked up anew for each event, so an event that comes twice, late or in another order
asks for nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

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
from deploy_dispatch.stage_history import (
    has_been_live,
    healthy_key,
    last_end,
    last_key,
    live,
    removed_key,
    restorable,
    untested_key,
)
from deploy_dispatch.stage_report import (
    CANCELLED,
    DEPLOYED,
    REMOVED,
    SKIPPED,
    NextStage,
    StageReport,
)

PENDING = "PendingApproval"
APPROVED_BY = "approved-by"
GATE = "gate"
_UNKNOWN = "unknown"
_STATUSES = {
    "deployed": "Deployed",
    "failed": "Failed",
    "rolled_back": "RolledBack",
    "removed": "Removed",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True)
class Promotion:
    """The stages of one project.

    Args:
        registry: of the project's account.
        group: its model package group.
        workflow: the file of the deploy workflow.
        settle: starts an order's run once, as long as it is wanted, and says what was done.
        resume: starts a run again that GitHub dropped for a later one.
        release: lets an order be started anew later, unless it is wanted; starts nothing.
        is_own: tells whether a name is this function's.
    """

    registry: Registry
    group: str
    workflow: str
    settle: Callable[[Order, Callable[[], bool]], str]
    resume: Callable[[Order, Callable[[], bool]], str]
    release: Callable[[Order, Callable[[], bool]], None]
    is_own: Callable[[str], bool]

    def follow_change(self, change: RegistryChange) -> str:
        """Act on a change in the registry, and say what was done."""
        version = self.registry.find_changed(change)
        if version is not None and version.is_approved:
            return "; ".join(self._approved(version))
        done = [f"{change.model_package_arn} is not approved"]
        if version is None or APPROVED_BY in version.metadata:
            done += self._withdrawn(change.model_package_arn, version)
        return "; ".join(done)

    def follow_report(self, report: StageReport) -> str:
        """Act on the end of a run, and say what was done."""
        version = self.registry.find(report.model_package_arn)
        if version is None:
            return f"ignored: {report.model_package_arn} is deleted"
        done = [] if report.outcome == SKIPPED else [self._record(version, report)]
        if report.outcome == CANCELLED:
            return "; ".join(done)  # whoever cancelled it wants nothing else started
        if report.outcome == DEPLOYED and version.is_approved and not report.is_restoration:
            if report.next is not None:
                done.append(self._go_on(version, report.next, report.approved_by))
        elif report.outcome in (DEPLOYED, REMOVED, SKIPPED) or not report.is_restoration:
            versions = self.registry.versions(self.group)
            done += self._replace_unapproved(versions)
            done += self._resume_newer(versions, report.stage)
        return "; ".join(done)

    def _approved(self, version: Version) -> list[str]:
        approver = version.metadata.get(APPROVED_BY, "")
        if not approver:
            approver = _UNKNOWN if self.is_own(version.changed_by) else version.changed_by
            self.registry.write(version, metadata={APPROVED_BY: approver or _UNKNOWN})
        done = [self._promote(version.arn, FIRST_STAGE, approver)]
        if version.stage in LATER_STAGES and version.stage_status == APPROVED:
            done.append(self._pass_gate(version))
        return done

    def _withdrawn(self, arn: str, version: Version | None) -> list[str]:
        """Take back what an approval asked for."""
        for stage in STAGES:
            self.release(promotion(self.workflow, arn, stage), self._is_approved(arn))
        if version is None:
            return []
        self.registry.write(version, forget=[key for key in version.metadata if _of_gate(key)])
        if not has_been_live(version):
            return []
        return self._replace_unapproved(self.registry.versions(self.group))

    def _pass_gate(self, version: Version) -> str:
        """Deploy to the stage that somebody opened, unless nobody asked or it is self-approved."""
        stage, metadata = version.stage, version.metadata
        opened_by = metadata.get(f"{APPROVED_BY}-{stage}", "")
        if not opened_by:
            opened_by = version.changed_by
            refusal = _refusal(metadata, stage, opened_by)
            if self.is_own(opened_by) or refusal:
                refusal = refusal or "it cannot be told who approved; approve once more"
                self.registry.write(version, stage=(stage, PENDING, f"Not deployed: {refusal}."))
                return f"refused for {stage}: {refusal}"
            self.registry.write(version, metadata={f"{APPROVED_BY}-{stage}": opened_by})
        return self._promote(version.arn, stage, opened_by)

    def _go_on(self, version: Version, next_: NextStage, approved_by: str) -> str:
        if next_.approval != "registry":
            return self._promote(version.arn, next_.stage, approved_by)
        if version.metadata.get(GATE) == next_.stage or version.stage == next_.stage:
            return f"{next_.stage} was asked for already"
        how = (
            f"Set the stage {next_.stage} to {APPROVED} to deploy this version there. "
            f"Its approver, {version.metadata.get(APPROVED_BY, _UNKNOWN)}, cannot do that as well."
        )
        self.registry.write(
            version, metadata={GATE: next_.stage}, stage=(next_.stage, PENDING, how)
        )
        return f"asked for an approval of {next_.stage}"

    def _record(self, version: Version, report: StageReport) -> str:
        """Write down how a run ended; an older report changes nothing."""
        stage, last = report.stage, last_key(report.stage)
        said = f"{report.outcome} of {version.arn} in {stage}"
        if version.metadata.get(last, "") >= report.at:
            return f"known: {said}"
        known = {key: version.metadata[key] for key in report.digests if key in version.metadata}
        metadata = {last: f"{report.at} {report.outcome}", **report.digests, **known}
        if report.outcome == DEPLOYED:
            metadata[healthy_key(stage)] = report.at
        elif report.serves == version.arn:
            metadata[untested_key(stage)] = report.at
        if report.outcome == REMOVED:
            metadata[removed_key(stage)] = report.at
        told = [
            report.reason.rstrip("."),
            report.approved_by and f"approved by {report.approved_by}",
        ]
        sentence = ". ".join(filter(None, [*told, report.run_url]))
        self.registry.write(
            version, metadata=metadata, stage=(stage, _STATUSES[report.outcome], sentence)
        )
        return f"recorded: {said}"

    def _replace_unapproved(self, versions: Sequence[Version]) -> list[str]:
        """Restore the last healthy version wherever one is live that is not approved."""
        done = []
        for stage in STAGES:
            serving = live(versions, stage)
            if serving is None or serving.is_approved:
                continue
            found, since = restorable(versions, stage), last_end(versions, stage)
            order = (
                restoration(self.workflow, serving.arn, stage, since, found.arn)
                if found
                else removal(serving.arn, stage, since)
            )
            done.append(self.settle(order, self._is_not_approved(serving.arn)))
        return done

    def _resume_newer(self, versions: Sequence[Version], stage: str) -> list[str]:
        """Deploy the newest version after all, if what just ended took its place in the queue."""
        approved = (version for version in versions if version.is_approved)
        newest = next(approved, None)
        if newest is None or healthy_key(stage) in newest.metadata:
            return []
        order = promotion(self.workflow, newest.arn, stage)
        return [self.resume(order, self._is_approved(newest.arn))]

    def _promote(self, arn: str, stage: str, approved_by: str = "") -> str:
        order = promotion(self.workflow, arn, stage, approved_by)
        return self.settle(order, self._is_approved(arn))

    def _is_approved(self, arn: str) -> Callable[[], bool]:
        return lambda: self.registry.is_approved(arn)

    def _is_not_approved(self, arn: str) -> Callable[[], bool]:
        return lambda: not self.registry.is_approved(arn)


def _of_gate(key: str) -> bool:
    return key == GATE or key.startswith(APPROVED_BY)


def _refusal(metadata: Mapping[str, str], stage: str, opened_by: str) -> str:
    """Why a gate stays shut; empty if it may open."""
    if metadata.get(GATE) != stage:
        return f"this version has not come to {stage} yet"
    approver = metadata.get(APPROVED_BY, _UNKNOWN)
    if approver == _UNKNOWN:
        return "it is not known who approved the model; take its approval back and approve it again"
    if approver == opened_by:
        return f"{opened_by} approved the model already, and somebody else must approve {stage}"
    return ""
