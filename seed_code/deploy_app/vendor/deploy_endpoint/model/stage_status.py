"""What a stage serves, since when and by whose approval, and what needs attention there.

The function that starts deployments writes into the metadata of each version, times in UTC:

- `<stage>-healthy`: when it last passed its test in that stage; the latest of all versions serves,
- `<stage>-untested`: when a run that was cut off left it serving there; counts as the above,
- `<stage>-removed`: unless that version was taken out after that;
- `<stage>-last`: when a run with it ended last in that stage, and how;
- `<stage>-attention`: what people have to do there, in one sentence;
- `approved-by`, `approved-by-<stage>`: who let it in.

A version that is deleted takes all that with it. What the endpoint itself serves goes before that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from deploy_endpoint.model.registered_version import DELETED, Version, find

_PENDING = "PendingApproval"


@dataclass(frozen=True, kw_only=True)
class Live:
    """What a stage's endpoint serves.

    Args:
        arn: of the version; empty if it serves none, None if that was not to be told.
        metadata: of the version, as far as the stage itself tells it.
        why: one sentence why it was not to be told.
    """

    arn: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """How the last run of a stage ended, and with which version."""

    version: str
    at: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Note:
    """What the registry says to people of a version in a stage."""

    version: str
    status: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class StageStatus:
    """What a stage serves; of one that serves nothing, all that belongs to a version is empty.

    Args:
        approval: of the version in the model registry, or `deleted`.
        attention: what people have to do, in one sentence; empty if nothing.
        not_seen: why only the registry's word stands here; empty if the endpoint was asked.
    """

    stage: str
    model_package_arn: str = ""
    version: str = ""
    approval: str = ""
    since: str = ""
    approved_by: str = ""
    commit: str = ""
    data_sha256: str = ""
    pipeline_execution: str = ""
    last_run: LastRun | None = None
    attention: str = ""
    notes: tuple[Note, ...] = ()
    not_seen: str = ""


def status_of(stage: str, versions: Sequence[Version], live: Live | None = None) -> StageStatus:
    """Tell what a stage serves, by its endpoint, or by the registry if that was not asked."""
    live = live or Live()
    last_run = _last_run(stage, versions)
    serving = _shown(stage, versions) if live.arn is None else find(live.arn, versions)
    ended = [each for each in versions if last_run and each.number == last_run.version]
    concerned = [*([serving] if serving else []), *ended, *versions]
    asking = (each.metadata.get(f"{stage}-attention", "") for each in concerned)
    status = StageStatus(
        stage=stage,
        last_run=last_run,
        attention=_of_deletion(stage, serving) or next(filter(None, asking), ""),
        notes=tuple(_notes(stage, versions, serving, last_run)),
        not_seen=live.why,
    )
    if serving is None:
        return status
    told = serving.metadata
    return replace(
        status,
        model_package_arn=serving.arn,
        version=serving.number,
        approval=serving.approval,
        since=_since(stage, serving),
        approved_by=told.get(f"approved-by-{stage}") or told.get("approved-by", ""),
        commit=told.get("commit", ""),
        data_sha256=told.get("data-sha256", ""),
        pipeline_execution=told.get("pipeline-execution", ""),
    )


def all_stages(
    listed: Sequence[str], versions: Sequence[Version], live: Mapping[str, Live]
) -> list[StageStatus]:
    """Tell of the stages that the settings list, and of others with something to tell."""
    found = [status_of(name, versions, seen) for name, seen in live.items()]
    return [each for each in found if each.stage in listed or each.version or each.attention]


def _since(stage: str, version: Version) -> str:
    """When a version began to serve in a stage last; empty if never."""
    moments = (version.metadata.get(f"{stage}-{how}", "") for how in ("healthy", "untested"))
    return max(moments)


def _shown(stage: str, versions: Sequence[Version]) -> Version | None:
    """The version that serves, as the registry shows it."""
    serving = max(versions, key=lambda version: _since(stage, version), default=None)
    if serving is None or not _since(stage, serving):
        return None
    removed = serving.metadata.get(f"{stage}-removed", "")
    return None if removed > _since(stage, serving) else serving


def _of_deletion(stage: str, serving: Version | None) -> str:
    """What the registry cannot say of a version that it does not have."""
    if serving is None or serving.approval != DELETED:
        return ""
    return (
        f"{stage} serves {serving.arn}, which is deleted from the registry; deploy another "
        "version, or remove the endpoint."
    )


def _last_run(stage: str, versions: Sequence[Version]) -> LastRun | None:
    ends = [
        (version.metadata[f"{stage}-last"], version.number)
        for version in versions
        if version.metadata.get(f"{stage}-last")
    ]
    if not ends:
        return None
    told, number = max(ends)
    at, _, outcome = told.partition(" ")
    return LastRun(version=number, at=at, outcome=outcome)


def _notes(
    stage: str, versions: Sequence[Version], serving: Version | None, last_run: LastRun | None
) -> Iterator[Note]:
    """What is said of the version that serves, of the last run's, and of the newest that waits."""
    told = [each for each in versions if each.stage == stage and each.stage_description]
    waiting = next((each for each in told if each.stage_status == _PENDING), None)
    for each in told:
        is_last = last_run is not None and each.number == last_run.version
        if each in (serving, waiting) or is_last:
            yield Note(
                version=each.number, status=each.stage_status, sentence=each.stage_description
            )
