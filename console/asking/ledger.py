"""What the ledger holds: of a project what its stages serve, and of one version all of it.

The dispatch function writes it; `operations.fleet.stages` tells where. Only what pages show, and
what decides about stages, is read here; a test holds that against what the function writes. ARNs
are in small letters here, since SageMaker may write a group so into them, or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from operations.fleet.stages import Stage, last_served, read_items, read_stages

_FRESH_SECONDS = 3.0
_MOST_KEYS = 100  # of one request
DEPLOYED = "deployed"


@dataclass(frozen=True)
class Presence:
    """One version in one stage; what never happened is empty.

    Args:
        healthy: when it last passed its test there.
        untested: when a run that was cut off left it serving there.
        removed: when it was taken out without a successor.
        ended: when a run with it ended last.
        outcome: how that run ended, such as deployed.
        run: address of that run.
        tried: number of the last decision about it that was carried out there; -1 if none was.
    """

    healthy: str = ""
    untested: str = ""
    removed: str = ""
    ended: str = ""
    outcome: str = ""
    run: str = ""
    tried: int = -1


@dataclass(frozen=True)
class UnderWay:
    """What a run does in a stage just now.

    Args:
        kind: deploy, restore, remove or look.
        arn: of the version that it brings; empty if none.
        instead_of: ARN of the version that it takes away; empty if none.
    """

    kind: str
    arn: str = ""
    instead_of: str = ""


@dataclass(frozen=True)
class StageRecord:
    """What is known of a stage.

    Args:
        versions: that ran there, by ARN.
        serves: ARN of the version that it serves; empty if none.
        is_unknown: whether it may serve something else.
        is_looked_in_vain: whether a look at it told nothing.
        under_way: None if no run is.
        way_back: the served version and the number of the decision after which the way back from
            it was tried; empty if it was not.
    """

    versions: Mapping[str, Presence] = field(default_factory=dict)
    serves: str = ""
    is_unknown: bool = False
    is_looked_in_vain: bool = False
    under_way: UnderWay | None = None
    way_back: str = ""

    def of(self, arn: str) -> Presence:
        """What is known of a version here."""
        return self.versions.get(arn.lower(), Presence())

    def healthy(self) -> Iterator[str]:
        """The versions that were healthy here, the latest first."""
        seen = [arn for arn in self.versions if self.versions[arn].healthy]
        yield from sorted(seen, key=lambda arn: self.versions[arn].healthy, reverse=True)


@dataclass(frozen=True)
class Decided:
    """What people were seen to decide of a version.

    Args:
        approved_by: who approved it; empty if nobody was seen to.
        number: how many approvals were seen.
        gate: the stage that people were asked to open last; empty if none.
        opened_by: who opened a stage in the registry, by stage.
    """

    approved_by: str = ""
    number: int = 0
    gate: str = ""
    opened_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """What is known of a version's project and of its decisions."""

    stages: Mapping[str, StageRecord]
    decided: Decided


@dataclass(frozen=True)
class LedgerLook:
    """What a look into the ledger found; None if it may not be read."""

    ledger: Ledger | None


def ledger_question(account: Account, project: ProjectNames) -> Question:
    """Ask what stages serve; None if that may not be read, empty if nothing was ever deployed."""

    def ask(gaps: PageGaps) -> Sequence[Stage] | None:
        dynamodb = account.client("dynamodb")
        found: Mapping[str, Sequence[Stage]] | None = gaps.ask(
            "Stages", "dynamodb", lambda: read_stages(dynamodb, [project.group]), None
        )
        return None if found is None else found.get(project.group, ())

    return Question("ledger", project.group, ask, _FRESH_SECONDS)


def version_ledger_question(account: Account, project: ProjectNames, number: int) -> Question:
    """Ask for what the ledger holds of a version."""
    arn = project.version_arn(number, account.identity)

    def ask(gaps: PageGaps) -> LedgerLook:
        about = "Who decided, and what stages serve"
        return LedgerLook(
            gaps.ask(about, "dynamodb", lambda: read_ledger(account, project, arn), None)
        )

    return Question("known", arn, ask, _FRESH_SECONDS)


def read_ledger(account: Account, project: ProjectNames, arn: str) -> Ledger:
    """Read both items at once.

    Raises:
        ClientError: DynamoDB refused.
        BotoCoreError: it did not answer.
    """
    keys = [f"stages {project.group}", _version_key(arn)]
    items = {one["ClaimId"]: one for one in read_items(account.client("dynamodb"), keys)}
    of_stages, of_version = (items.get(key, {}) for key in keys)
    records = of_stages.get("Records", {})
    return Ledger(
        {
            name: _stage_record(versions, records.get(name))
            for name, versions in of_stages.get("Stages", {}).items()
        },
        _decided(of_version),
    )


def read_approvers(account: Account, arns: Sequence[str]) -> dict[str, str]:
    """Who approved each of these versions, of which at most a hundred are asked for; by ARN.

    Raises:
        ClientError: DynamoDB refused.
        BotoCoreError: it did not answer.
    """
    keys = {_version_key(arn): arn.lower() for arn in arns[:_MOST_KEYS]}
    if not keys:
        return {}
    items = read_items(account.client("dynamodb"), list(keys))
    return {keys[one["ClaimId"]]: str(one.get("ApprovedBy", "")) for one in items}


def _version_key(arn: str) -> str:
    return f"version {arn.lower()}"


def _decided(told: Mapping[str, Any]) -> Decided:
    return Decided(
        approved_by=str(told.get("ApprovedBy", "")),
        number=int(told.get("Number", 0)),
        gate=str(told.get("Gate", "")),
        opened_by={stage: str(who) for stage, who in told.get("OpenedBy", {}).items()},
    )


def _stage_record(versions: Mapping[str, Any], rest: Mapping[str, Any] | None) -> StageRecord:
    known = {arn.lower(): _presence(told) for arn, told in versions.items()}
    if rest is None:  # an earlier version of the function kept no more than the versions
        return StageRecord(known, last_served(versions).lower())
    order = (rest.get("under_way") or {}).get("order")
    return StageRecord(
        versions=known,
        serves=str(rest["serves"]).lower(),
        is_unknown=bool(rest.get("is_unknown", False)),
        is_looked_in_vain=bool(rest.get("is_looked_in_vain", False)),
        under_way=order and _under_way(order),
        way_back=str(rest.get("way_back", "")).lower(),
    )


def _under_way(order: Mapping[str, Any]) -> UnderWay:
    return UnderWay(
        str(order["kind"]),
        str(order.get("arn", "")).lower(),
        str(order.get("instead_of", "")).lower(),
    )


def _presence(told: Mapping[str, Any]) -> Presence:
    texts = ("healthy", "untested", "removed", "ended", "outcome", "run")
    default = 0 if told.get("ended") else -1
    return Presence(
        **{name: str(told.get(name, "")) for name in texts}, tried=int(told.get("tried", default))
    )
