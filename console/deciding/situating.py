"""Puts together what is known of a version; where the ledger is closed, in the registry's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.asking.ledger import Decided, Ledger, Presence, StageRecord
from console.asking.project import Described
from console.asking.repositories import approvals
from console.asking.stages import registered_version
from console.asking.versions import Version
from console.deciding.situation import Situation
from console.words.states import ASKED
from deploy_endpoint.model.stage_status import status_of
from deploy_endpoint.settings.stage_settings import StagesSettings

APPROVED_BY = "approved-by"


@dataclass(frozen=True)
class Known:
    """What was found of a version's project.

    Args:
        described: the project; None if that is not known.
        settings: its stages; None if they cannot be read.
        ledger: None if it may not be read.
        others: versions of the project, of which the registry tells what stages serve.
    """

    described: Described | None = None
    settings: StagesSettings | None = None
    ledger: Ledger | None = None
    others: Sequence[Version] = ()


def situate(version: Version, you: str, known: Known) -> Situation:
    """Say where a version stands.

    Args:
        version: that is decided about.
        you: ARN of whoever looks.
        known: of its project.
    """
    stages = known.described.stages if known.described else ()
    if not stages and known.ledger:
        stages = tuple(known.ledger.stages)
    gates = approvals(known.settings, stages)
    seen = Situation(
        arn=version.arn,
        approval=version.approval,
        you=you,
        gates=gates,
        are_gates_known=known.settings is not None,
        owner=known.described.owner if known.described else "",
    )
    if known.ledger is not None:
        return replace(seen, records=known.ledger.stages, decided=known.ledger.decided)
    return replace(
        seen,
        records={name: record_of_registry(name, known.others or [version]) for name in gates},
        decided=_decided(version.metadata),
        asked=_asked(version.package),
        is_told_by_registry=True,
    )


def record_of_registry(stage: str, versions: Sequence[Version]) -> StageRecord:
    """What the registry tells of a stage, as `make status` reads it."""
    present = {one.arn.lower(): _presence(stage, one.metadata) for one in versions}
    return StageRecord(
        {arn: presence for arn, presence in present.items() if presence != Presence()},
        status_of(stage, [registered_version(one) for one in versions]).model_package_arn.lower(),
    )


def _presence(stage: str, metadata: Mapping[str, str]) -> Presence:
    ended, _, outcome = metadata.get(f"{stage}-last", "").partition(" ")
    return Presence(
        healthy=metadata.get(f"{stage}-healthy", ""),
        untested=metadata.get(f"{stage}-untested", ""),
        removed=metadata.get(f"{stage}-removed", ""),
        ended=ended,
        outcome=outcome,
    )


def _decided(metadata: Mapping[str, str]) -> Decided:
    prefix = f"{APPROVED_BY}-"
    return Decided(
        approved_by=metadata.get(APPROVED_BY, ""),
        opened_by={
            key.removeprefix(prefix): who for key, who in metadata.items() if key.startswith(prefix)
        },
    )


def _asked(package: Mapping[str, Any]) -> frozenset[str]:
    life_cycle = package.get("ModelLifeCycle") or {}
    is_asked = life_cycle.get("StageStatus") == ASKED
    return frozenset({str(life_cycle["Stage"])} if is_asked else ())
