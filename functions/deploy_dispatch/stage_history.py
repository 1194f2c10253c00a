"""What ran in a stage, and when: kept in the metadata of the versions themselves.

`<stage>-healthy` is when the version last passed its test there, `<stage>-untested` when a run that
was cut off left it serving there, `<stage>-removed` when it was taken out without a successor,
`<stage>-last` when a run with it ended, and how; all in UTC, so that text sorts as time does.
"""

from collections.abc import Sequence

from deploy_dispatch.order import STAGES
from deploy_dispatch.registry import Version


def healthy_key(stage: str) -> str:
    """Metadata key for when a version was last seen healthy in a stage."""
    return f"{stage}-healthy"


def untested_key(stage: str) -> str:
    """Metadata key for when a run was cut off and left a version serving in a stage."""
    return f"{stage}-untested"


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
    """Tell whether a version ever served in any stage."""
    return any(_since(version, stage) for stage in STAGES)


def live(versions: Sequence[Version], stage: str) -> Version | None:
    """The version that a stage serves; None if none."""
    latest = max(versions, key=lambda version: _since(version, stage), default=None)
    if latest is None or not _since(latest, stage):
        return None
    if latest.metadata.get(removed_key(stage), "") > _since(latest, stage):
        return None
    return latest


def restorable(versions: Sequence[Version], stage: str) -> Version | None:
    """The approved version that was healthy in a stage last; None if none."""
    key = healthy_key(stage)
    seen = [version for version in versions if version.is_approved and key in version.metadata]
    return max(seen, key=lambda version: version.metadata[key], default=None)


def _since(version: Version, stage: str) -> str:
    """When a version began to serve in a stage last, tested or not; empty if never."""
    keys = (healthy_key(stage), untested_key(stage))
    return max(version.metadata.get(key, "") for key in keys)
