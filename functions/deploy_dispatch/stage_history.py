"""What ran in a stage, and when: kept in the metadata of the versions themselves.

`<stage>-healthy` is when the version last passed its test there, `<stage>-removed` when it was
taken out without a successor, `<stage>-last` when a run with it ended, and how; all in UTC, so that
text sorts as time does.
"""

from collections.abc import Sequence

from deploy_dispatch.order import STAGES
from deploy_dispatch.registry import Version


def healthy_key(stage: str) -> str:
    """Metadata key for when a version was last seen healthy in a stage."""
    return f"{stage}-healthy"


def removed_key(stage: str) -> str:
    """Metadata key for when a version was taken out of a stage."""
    return f"{stage}-removed"


def last_key(stage: str) -> str:
    """Metadata key for when a run with a version ended last in a stage, and how."""
    return f"{stage}-last"


def last_end(versions: Sequence[Version], stage: str) -> str:
    """When a run ended last in a stage; empty if none ever did."""
    ends = (version.metadata.get(last_key(stage), "") for version in versions)
    return max(ends, default="").partition(" ")[0]


def has_been_live(version: Version) -> bool:
    """Tell whether a version was ever healthy in any stage."""
    return any(healthy_key(stage) in version.metadata for stage in STAGES)


def live(versions: Sequence[Version], stage: str) -> Version | None:
    """The version that a stage serves; None if none."""
    latest = _latest(versions, stage)
    if latest is None or latest.metadata.get(removed_key(stage), "") > _since(latest, stage):
        return None
    return latest


def restorable(versions: Sequence[Version], stage: str) -> Version | None:
    """The approved version that was healthy in a stage last; None if none."""
    return _latest([version for version in versions if version.is_approved], stage)


def _latest(versions: Sequence[Version], stage: str) -> Version | None:
    seen = [version for version in versions if healthy_key(stage) in version.metadata]
    return max(seen, key=lambda version: _since(version, stage), default=None)


def _since(version: Version, stage: str) -> str:
    return version.metadata[healthy_key(stage)]
