"""What people are shown in the registry, and told by notices, of what became of their project.

Before anything is written to a version it is looked at: whoever decided meanwhile changed it last.
"""

from dataclasses import dataclass, replace

from deploy_dispatch.decide import Attend
from deploy_dispatch.display import (
    PENDING,
    clear,
    show_attention,
    show_outcome,
    show_people,
    show_untested,
    shows_attention,
)
from deploy_dispatch.ledger import Decisions
from deploy_dispatch.look import NOBODY, Look, Seen, SeenVersion, refusal_of_gate
from deploy_dispatch.notices import Notices
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.registry import APPROVED
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.stage_record import (
    CANCELLED,
    DEPLOYED,
    FAILED,
    REMOVED,
    ROLLED_BACK,
    RunEnd,
    StageRecord,
)
from deploy_dispatch.stage_report import StageReport

# What was shown before is on one of the versions that ran last.
_MOST_SHOWN = 5
_ENDS = {
    DEPLOYED: "{stage} serves {arn} now",
    ROLLED_BACK: "{stage} went back, since {arn} did not pass there",
    FAILED: "the deployment of {arn} to {stage} failed",
    CANCELLED: "the deployment of {arn} to {stage} was cancelled",
    REMOVED: "{stage} serves nothing any more; it served {arn}",
}


@dataclass(frozen=True)
class Announcer:
    """Shows and tells for one project.

    Args:
        group: the project's model package group.
        look: at its versions.
        notices: where they go.
    """

    group: str
    look: Look
    notices: Notices

    def tell_of(self, end: RunEnd) -> None:
        """Tell how a run ended, if that is worth knowing."""
        arn = end.order.arn or end.order.instead_of
        sentence = _ENDS.get(end.outcome, "")
        version = self.look.registry.find(arn) if sentence and arn else None
        if version is not None:
            told = sentence.format(stage=end.order.stage, arn=arn)
            self.notices.tell(f"{told}: {end.run}" if end.run else f"{told}.", version.commit)

    def show(self, report: StageReport, record: StageRecord, seen: Seen) -> None:
        """Show what a run came to, on the version that it was about."""
        one = seen.versions.get(report.model_package_arn)
        if one is None:
            return
        decisions = self.look.ledger.change_decisions(
            one.decisions,
            lambda known: replace(known, digests={**report.digests, **known.digests}),
        )
        presence = record.of(one.version.arn)
        show_outcome(self.look.registry, one.version, report, presence, decisions.digests)

    def clean(self, seen: Seen, first_stage: str) -> None:
        """Take off the display what versions brought along."""
        for arn, one in list(seen.versions.items()):
            if not one.decisions.is_clean:
                clear(self.look.registry, one.version, first_stage)
                cleaned = self.look.ledger.change_decisions(
                    one.decisions, lambda known: replace(known, is_clean=True)
                )
                version = replace(one.version, stage="", stage_status="", metadata={})
                seen.versions[arn] = SeenVersion(version, cleaned)

    def show_people(self, seen: Seen, change: RegistryChange | None) -> None:
        """Show who let the version of a change in."""
        one = seen.versions.get(change.model_package_arn) if change is not None else None
        if one is not None and one.decisions.revision:
            people = {"": one.decisions.approved_by, **one.decisions.opened_by}
            show_people(self.look.registry, one.version, people)

    def show_untested(self, seen: Seen) -> None:
        """Show where a stage serves what did not pass its test there."""
        for name, record in seen.project.stages.items():
            served = seen.versions.get(record.serves)
            presence = record.of(record.serves)
            if served is not None and not presence.is_tested:
                show_untested(self.look.registry, served.version, name, presence)

    def ask_gate(self, one: SeenVersion, stage: str) -> str:
        """Ask people to open a stage for a version."""
        approver = one.decisions.approved_by
        how = (
            f"Set the stage {stage} to {APPROVED} to deploy this version there. "
            f"Its approver, {approver}, cannot do that as well."
        )
        # First shown, then asked: what the version says of itself before that opens nothing.
        self.look.registry.write(one.version, stage=(stage, PENDING, how))
        if self._is_first_to_ask(one.decisions, stage):
            told = f"{one.version.arn} waits for an approval of {stage} in the model registry."
            self.notices.tell(told, one.version.commit)
        return f"asked for an approval of {stage}"

    def ask_again(self, one: SeenVersion, first_stage: str) -> str:
        """Say that an approval does not count, since no person is known to have given it."""
        sentence = f"Not deployed: {NOBODY}."
        self.look.registry.write(one.version, stage=(first_stage, PENDING, sentence))
        self.look.ledger.change_decisions(
            one.decisions, lambda known: replace(known, is_asked_again=True)
        )
        return f"refused {one.version.arn}: {NOBODY}"

    def attend(self, step: Attend) -> str:
        """Tell people what they must see to in a stage, or that it is settled."""
        before, after = self.look.ledger.change_stage(
            self.group, step.stage, lambda record: replace(record, attention=step.sentence)
        )
        seen = self._show_attention(step, after)
        if step.sentence and before != after:
            commit = seen.version.commit if seen is not None else ""
            self.notices.tell(f"Needs attention: {step.sentence}", commit)
            self.notices.raise_alarm()
        return f"needs attention: {step.sentence}" if step.sentence else f"{step.stage} is in order"

    def explain(
        self, seen: Seen, change: RegistryChange | None, stages: tuple[Stage, ...]
    ) -> list[str]:
        """Say what became of the change, where nothing was ordered."""
        if change is None:
            return []
        one = seen.versions.get(change.model_package_arn)
        if one is None or not one.version.is_approved:
            return [f"{change.model_package_arn} is not approved"]
        if not one.decisions.approved_by:
            return [f"refused {change.model_package_arn}: {NOBODY}"]
        stage = one.version.stage
        is_shut = one.version.stage_status == APPROVED and not one.decisions.opened_by.get(stage)
        if not is_shut or stage not in {listed.name for listed in stages}:
            return []
        refusal = refusal_of_gate(one.decisions, one.version)
        self.look.registry.write(one.version, stage=(stage, PENDING, f"Not deployed: {refusal}."))
        return [f"refused for {stage}: {refusal}"]

    def _is_first_to_ask(self, known: Decisions, stage: str) -> bool:
        """Write down that people are asked to open a stage; False if another event was quicker."""
        gates: list[str] = []

        def ask(now: Decisions) -> Decisions:
            gates.append(now.gate)
            return replace(now, gate=stage)

        self.look.ledger.change_decisions(known, ask)
        return gates[-1] != stage

    def _show_attention(self, step: Attend, record: StageRecord) -> SeenVersion | None:
        """Show it on what serves, or what ran last if that is deleted, and nowhere else."""
        known = sorted(record.versions, key=lambda arn: record.versions[arn].ended, reverse=True)
        found = map(self.look.at, [record.serves, *known])
        seen = next((one for one in found if one is not None), None)
        if seen is not None:
            show_attention(self.look.registry, seen.version, step.stage, step.sentence)
        for arn in known[:_MOST_SHOWN]:
            before = (
                self.look.registry.find(arn) if seen is None or arn != seen.version.arn else None
            )
            if before is not None and shows_attention(before, step.stage):
                show_attention(self.look.registry, before, step.stage, "")
        return seen
