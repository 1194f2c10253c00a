"""What the model registry shows of a version: the fixed keys of its metadata, and its life cycle.

It is for people and for `make status`; nothing is decided on it. Only this function writes these
keys, and policies refuse each of them to whoever registers a version.
"""

import re
from collections.abc import Mapping

from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.stage_record import Presence
from deploy_dispatch.stage_report import StageReport

PENDING = "PendingApproval"
APPROVED_BY = "approved-by"
DIGESTS = ("model-sha256", "data-sha256")
_OF_A_STAGE = ("healthy", "last", "removed", "untested", "attention")
_FIXED = re.compile(
    rf"{'|'.join(DIGESTS)}|{APPROVED_BY}(-[a-z0-9]+)?|[a-z0-9]+-({'|'.join(_OF_A_STAGE)})"
)
_STATUSES = {
    "deployed": "Deployed",
    "failed": "Failed",
    "rolled_back": "RolledBack",
    "removed": "Removed",
    "cancelled": "Cancelled",
    "skipped": "Skipped",
    "looked": "Looked",
}
# What SageMaker takes in a value of the metadata.
_NOT_TAKEN = re.compile(r"[^\w\s.:/=+\-@]")
_CARRIED = "What was written here when the version was registered does not count."


def is_fixed(key: str) -> bool:
    """Tell whether only this function may write a key of a version's metadata."""
    return _FIXED.fullmatch(key) is not None


def carries_anything(version: Version) -> bool:
    """Tell whether a version shows what only this function may write."""
    return bool(version.stage) or any(map(is_fixed, version.metadata))


def clear(registry: Registry, version: Version, first_stage: str) -> None:
    """Take everything off the display that this function did not write."""
    stage = (first_stage, PENDING, _CARRIED) if version.stage else None
    registry.write(version, forget=sorted(filter(is_fixed, version.metadata)), stage=stage)


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
    told = [report.reason.rstrip("."), report.approved_by and f"approved by {report.approved_by}"]
    sentence = ". ".join(filter(None, [*told, report.run_url]))
    registry.write(
        version,
        metadata={f"{stage}-last": last, **_times(stage, presence), **digests},
        stage=(stage, _STATUSES[report.outcome], sentence),
    )


def show_untested(registry: Registry, version: Version, stage: str, presence: Presence) -> None:
    """Show that a stage serves a version whose run was cut off."""
    known = _times(stage, presence)
    if any(version.metadata.get(key) != moment for key, moment in known.items()):
        registry.write(version, metadata=known)


def shows_attention(version: Version, stage: str) -> bool:
    """Tell whether a version asks people to see to a stage."""
    return f"{stage}-attention" in version.metadata


def show_attention(registry: Registry, version: Version, stage: str, sentence: str) -> None:
    """Show what people must see to in a stage, or that it is settled."""
    key = f"{stage}-attention"
    if sentence:
        registry.write(version, metadata={key: _NOT_TAKEN.sub(" ", sentence)})
    else:
        registry.write(version, forget=[key])


def show_people(registry: Registry, version: Version, people: dict[str, str]) -> None:
    """Show who let a version in: by stage, and under an empty name who approved the model."""
    wanted = {f"{APPROVED_BY}-{stage}".rstrip("-"): who for stage, who in people.items() if who}
    shown = [key for key in version.metadata if key.startswith(APPROVED_BY) and is_fixed(key)]
    new = {key: who for key, who in wanted.items() if version.metadata.get(key) != who[:256]}
    registry.write(version, metadata=new, forget=[key for key in shown if key not in wanted])


def _times(stage: str, presence: Presence) -> dict[str, str]:
    times = {
        f"{stage}-healthy": presence.healthy,
        f"{stage}-untested": presence.untested,
        f"{stage}-removed": presence.removed,
    }
    return {key: moment for key, moment in times.items() if moment}
