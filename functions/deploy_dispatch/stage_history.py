"""What ran in the stages of a project, and when; all in UTC, so that text sorts as time does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from deploy_dispatch.order import STAGES
from deploy_dispatch.stage_report import DEPLOYED, REMOVED, SKIPPED, StageReport

# Of a stage, that many versions are remembered; it goes back no further.
_MOST_VERSIONS = 100


@dataclass(frozen=True)
class Presence:
    """One version in one stage; what never happened is empty.

    Args:
        healthy: when it last passed its test there.
        untested: when a run that was cut off left it serving there.
        removed: when it was taken out without a successor.
        ended: when a run with it ended last.
        outcome: how that run ended.
    """

    healthy: str = ""
    untested: str = ""
    removed: str = ""
    ended: str = ""
    outcome: str = ""

    @property
    def serving_since(self) -> str:
        """When it began to serve last, tested or not."""
        return max(self.healthy, self.untested)


@dataclass(frozen=True)
class History:
    """Versions by stage and ARN.

    Args:
        stages: with the versions that ran there.
        revision: how often it was written; 0 if it is not there.
    """

    stages: Mapping[str, Mapping[str, Presence]] = field(default_factory=dict)
    revision: int = 0

    def of(self, stage: str, arn: str) -> Presence:
        """What is known of a version in a stage."""
        return self.stages.get(stage, {}).get(arn, Presence())

    def has(self, arn: str) -> bool:
        """Tell whether a version ever served in any stage."""
        return any(self.of(stage, arn).serving_since for stage in self.stages)

    def live(self, stage: str) -> str:
        """The version that a stage serves; empty if none."""
        versions = self.stages.get(stage, {})
        latest = max(versions, key=lambda arn: versions[arn].serving_since, default="")
        presence = self.of(stage, latest)
        return latest if presence.serving_since > presence.removed else ""

    def live_version(self) -> str:
        """The version that the last of the stages serves which serves any; empty if none does."""
        return next(filter(None, map(self.live, reversed(STAGES))), "")

    def healthy(self, stage: str) -> Iterator[str]:
        """The versions that were healthy in a stage, the latest first."""
        versions = self.stages.get(stage, {})
        seen = [arn for arn in versions if versions[arn].healthy]
        yield from sorted(seen, key=lambda arn: versions[arn].healthy, reverse=True)

    def last_end(self, stage: str) -> str:
        """When a run ended last in a stage; empty if none ever did."""
        return max((known.ended for known in self.stages.get(stage, {}).values()), default="")

    def after(self, report: StageReport) -> "History":
        """What is known after a report; one that did nothing, or is older than the last, adds none.

        A report is older if a run with the same version ended later in that stage.
        """
        before = self.of(report.stage, report.model_package_arn)
        if report.outcome == SKIPPED or before.ended >= report.at:
            return self
        now = replace(before, ended=report.at, outcome=report.outcome)
        if report.outcome == DEPLOYED:
            now = replace(now, healthy=report.at)
        elif report.serves == report.model_package_arn:
            now = replace(now, untested=report.at)
        if report.outcome == REMOVED:
            now = replace(now, removed=report.at)
        return self._with(report.stage, report.model_package_arn, now)

    def _with(self, stage: str, arn: str, presence: Presence) -> "History":
        """The same with a version as it is now; what was healthy longest ago may be forgotten."""
        known = self.stages.get(stage, {})
        others = sorted(
            (other for other in known if other != arn),
            key=lambda other: (known[other].healthy, known[other].ended),
        )
        kept = {other: known[other] for other in others[1 - _MOST_VERSIONS :]}
        return replace(self, stages={**self.stages, stage: {**kept, arn: presence}})
