"""What the model registry shows of a version: the fixed keys of its metadata, and its life cycle.

It is for people and for `make status`; nothing is decided on it. Only this function writes these
keys, and policies refuse each of them to whoever registers a version.
"""

from collections.abc import Mapping
from dataclasses import replace

from deploy_dispatch.order import FIRST_STAGE, STAGES
from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.stage_history import Presence
from deploy_dispatch.stage_report import StageReport

PENDING = "PendingApproval"
APPROVED_BY = "approved-by"
DIGESTS = ("model-sha256", "data-sha256")
_TIMES = ("healthy", "last", "removed", "untested")
FIXED_KEYS = frozenset(
    {
        APPROVED_BY,
        *DIGESTS,
        *(f"{APPROVED_BY}-{stage}" for stage in STAGES),
        *(f"{stage}-{what}" for stage in STAGES for what in _TIMES),
    }
)
_STATUSES = {
    "deployed": "Deployed",
    "failed": "Failed",
    "rolled_back": "RolledBack",
    "removed": "Removed",
    "cancelled": "Cancelled",
}
_CARRIED = "What was written here when the version was registered does not count."


def has_anything(version: Version) -> bool:
    """Tell whether a version shows what only this function may write."""
    return version.stage in STAGES or not FIXED_KEYS.isdisjoint(version.metadata)


def clear(registry: Registry, version: Version) -> Version:
    """Take everything off the display that this function did not write; returns what is left."""
    forged = sorted(FIXED_KEYS.intersection(version.metadata))
    stage = (FIRST_STAGE, PENDING, _CARRIED) if version.stage in STAGES else None
    registry.write(version, forget=forged, stage=stage)
    metadata = {key: value for key, value in version.metadata.items() if key not in FIXED_KEYS}
    return replace(version, metadata=metadata, stage="", stage_status="")


def show_outcome(
    registry: Registry,
    version: Version,
    report: StageReport,
    presence: Presence,
    digests: Mapping[str, str],
) -> None:
    """Show how a run ended, unless it is shown already.

    Args:
        registry: of the project's account.
        version: as it was before.
        report: of the run.
        presence: of the version in the stage, with the report.
        digests: of the first deployment.
    """
    stage, last = report.stage, f"{presence.ended} {presence.outcome}"
    if version.metadata.get(f"{stage}-last") == last:
        return
    times = {
        f"{stage}-healthy": presence.healthy,
        f"{stage}-untested": presence.untested,
        f"{stage}-removed": presence.removed,
    }
    known = {key: moment for key, moment in times.items() if moment}
    told = [report.reason.rstrip("."), report.approved_by and f"approved by {report.approved_by}"]
    sentence = ". ".join(filter(None, [*told, report.run_url]))
    registry.write(
        version,
        metadata={f"{stage}-last": last, **known, **digests},
        stage=(stage, _STATUSES[report.outcome], sentence),
    )


def show_people(registry: Registry, version: Version, people: dict[str, str]) -> None:
    """Show who let a version in: by stage, and under an empty name who approved the model."""
    wanted = {f"{APPROVED_BY}-{stage}".rstrip("-"): who for stage, who in people.items() if who}
    old = [key for key in version.metadata if key.startswith(APPROVED_BY) and key not in wanted]
    new = {key: who for key, who in wanted.items() if version.metadata.get(key) != who}
    registry.write(version, metadata=new, forget=sorted(FIXED_KEYS.intersection(old)))
