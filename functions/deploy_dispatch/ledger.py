"""The ledger: what this function itself wrote down, in a table that no other role can write.

It holds one item for each version, one for the stages of each project, one that tells the
project's builds which version is live, and one that names the projects where something is under
way. They never expire. Each write names the revision that it was decided on, and is tried anew on
what is there if that was changed. What has no item is unknown: nothing of it counts as approved,
and nothing as deployed.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from deploy_dispatch.order import Order
from deploy_dispatch.stage_record import Presence, StageRecord, UnderWay
from invocation.aws_errors import error_code

_FIRST = "attribute_not_exists(ClaimId)"
_UNCHANGED = "Revision = :revision"
_OLDER = "attribute_not_exists(ClaimId) OR Revision < :revision"
_BUSY_KEY = "under way"


@dataclass(frozen=True)
class Decisions:
    """What was decided of one version.

    Args:
        arn: of the version.
        is_approved: what the registry said at the last look.
        approved_by: who approved it; empty if no person was seen to do so.
        number: how many approvals by a person were seen.
        gate: the stage that people were asked to open last; empty if none.
        opened_by: who opened a stage in the registry, by stage.
        digests: SHA-256 of model and data at the first deployment, by their keys of the display.
        is_clean: whether what the version carried from its creation is off the display.
        is_asked_again: whether people were told that its approval does not count.
        revision: how often it was written; 0 if it is not there.
    """

    arn: str
    is_approved: bool = False
    approved_by: str = ""
    number: int = 0
    gate: str = ""
    opened_by: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    is_clean: bool = True
    is_asked_again: bool = False
    revision: int = 0


@dataclass(frozen=True)
class ProjectRecord:
    """The stages of one project, by name.

    Args:
        stages: those where something was ever done.
        revision: how often it was written; 0 if it is not there.
    """

    stages: Mapping[str, StageRecord] = field(default_factory=dict)
    revision: int = 0

    def of(self, stage: str) -> StageRecord:
        """What is known of a stage."""
        return self.stages.get(stage, StageRecord())

    def with_stage(self, stage: str, record: StageRecord) -> "ProjectRecord":
        """The same with a stage as it is now."""
        return replace(self, stages={**self.stages, stage: record})

    def is_at_rest(self) -> bool:
        """Whether nothing is under way that must be looked after."""
        return all(one.under_way is None and not one.is_unknown for one in self.stages.values())


@dataclass(frozen=True)
class Ledger:
    """The items.

    Args:
        dynamodb: boto3 client.
        table: its name.
    """

    dynamodb: Any
    table: str

    def decisions(self, arn: str) -> Decisions:
        """Read what was decided of a version."""
        found = self._find(version_key(arn))
        return Decisions(
            arn=arn,
            is_approved=found.get("IsApproved", False),
            approved_by=found.get("ApprovedBy", ""),
            number=int(found.get("Number", 0)),
            gate=found.get("Gate", ""),
            opened_by=found.get("OpenedBy", {}),
            digests=found.get("Digests", {}),
            is_clean=found.get("IsClean", True),
            is_asked_again=found.get("IsAskedAgain", False),
            revision=int(found.get("Revision", 0)),
        )

    def project(self, group: str) -> ProjectRecord:
        """Read what is known of a project's stages, by its model package group."""
        found = self._find(_project_key(group))
        records = found.get("Records", {})
        stages = {
            stage: _stage_record(records.get(stage), versions)
            for stage, versions in found.get("Stages", {}).items()
        }
        return ProjectRecord(stages, int(found.get("Revision", 0)))

    def change_decisions(
        self, known: Decisions, change: Callable[[Decisions], Decisions]
    ) -> Decisions:
        """Write what a change makes of the decisions, if anything; returns what is there then."""
        while (new := change(known)) != known:
            content = {
                "IsApproved": new.is_approved,
                "ApprovedBy": new.approved_by,
                "Number": new.number,
                "Gate": new.gate,
                "OpenedBy": dict(new.opened_by),
                "Digests": dict(new.digests),
                "IsClean": new.is_clean,
                "IsAskedAgain": new.is_asked_again,
            }
            if self._write(version_key(known.arn), known.revision, content):
                return replace(new, revision=known.revision + 1)
            known = self.decisions(known.arn)
        return known

    def change_stage(
        self, group: str, stage: str, change: Callable[[StageRecord], StageRecord]
    ) -> tuple[StageRecord, StageRecord]:
        """Write what a change makes of a stage, if anything; returns what it was and is then."""
        while True:
            known = self.project(group)
            before = known.of(stage)
            after = change(before)
            if after == before:
                return before, after
            project = known.with_stage(stage, after)
            content = {
                "Stages": {name: _versions(one) for name, one in project.stages.items()},
                "Records": {name: _rest(one) for name, one in project.stages.items()},
            }
            if self._write(_project_key(group), known.revision, content):
                return before, after

    def tell_live_version(self, group: str, live: str, revision: int) -> None:
        """Write down for builds what the stages serve, unless something later was told already.

        The item has the revision of the stages that it follows from: an event that is tried again
        writes what it had no time for, and one that was overtaken writes nothing.
        """
        self._put(_live_key(group), {"Live": live, "Revision": revision}, _OLDER, revision)

    def busy(self) -> list[str]:
        """The groups of projects where something is under way."""
        return sorted(self._find(_BUSY_KEY).get("Groups", ()))

    def mark_busy(self, group: str) -> None:
        """Have a project looked after every ten minutes."""
        self._change_busy("ADD", group)

    def mark_at_rest(self, group: str) -> None:
        """Have a project left alone until its next event."""
        self._change_busy("DELETE", group)

    def _change_busy(self, action: str, group: str) -> None:
        self.dynamodb.update_item(
            TableName=self.table,
            Key={"ClaimId": {"S": _BUSY_KEY}},
            UpdateExpression=f"{action} #Groups :group",
            ExpressionAttributeNames={"#Groups": "Groups"},  # a reserved word of DynamoDB
            ExpressionAttributeValues={":group": {"SS": [group]}},
        )

    def _find(self, key: str) -> dict[str, Any]:
        found = self.dynamodb.get_item(
            TableName=self.table, Key={"ClaimId": {"S": key}}, ConsistentRead=True
        ).get("Item", {})
        read = TypeDeserializer()
        return {name: read.deserialize(value) for name, value in found.items()}

    def _write(self, key: str, revision: int, content: Mapping[str, Any]) -> bool:
        """Write an item over its revision; False if that is not there any more."""
        condition = _UNCHANGED if revision else _FIRST
        return self._put(key, {**content, "Revision": revision + 1}, condition, revision)

    def _put(self, key: str, content: Mapping[str, Any], condition: str, revision: int) -> bool:
        """Write an item under a condition, which may name a revision; False if it does not hold."""
        put = TypeSerializer()
        item = {"ClaimId": key, **content}
        values = {":revision": put.serialize(revision)}
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item={name: put.serialize(value) for name, value in item.items()},
                ConditionExpression=condition,
                # DynamoDB refuses values that the condition does not name.
                **({} if condition == _FIRST else {"ExpressionAttributeValues": values}),
            )
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def version_key(arn: str) -> str:
    """Key of a version's item; SageMaker may write a group in small letters into its ARNs.

    The deploy workflow reads it, and a role of a stage may read those of its project alone.
    """
    return f"version {arn.lower()}"


def _project_key(group: str) -> str:
    return f"stages {group}"


def _live_key(group: str) -> str:
    """Key of the item that the build role of the project may read."""
    return f"live {group}"


def _versions(record: StageRecord) -> dict[str, Any]:
    return {arn: asdict(presence) for arn, presence in record.versions.items()}


def _rest(record: StageRecord) -> dict[str, Any]:
    rest = asdict(replace(record, versions={}))
    del rest["versions"]
    return rest


def _stage_record(rest: Mapping[str, Any] | None, versions: Mapping[str, Any]) -> StageRecord:
    known = {arn: _presence(told) for arn, told in versions.items()}
    if rest is None:  # written by a version of this function that kept no more
        return StageRecord(known, serves=_last_served(known))
    under_way = rest["under_way"] and UnderWay(
        **{
            **rest["under_way"],
            "order": _order(rest["under_way"]["order"]),
            "claimed_at": int(rest["under_way"]["claimed_at"]),
            "since": int(rest["under_way"]["since"]),
            "after": int(rest["under_way"].get("after", 0)),
        }
    )
    last_ordered = int(rest.get("last_ordered", 0))
    told = {"versions": known, "under_way": under_way, "last_ordered": last_ordered}
    return StageRecord(**{**rest, **told})


def _presence(told: Mapping[str, Any]) -> Presence:
    default = 0 if told.get("ended") else -1
    return Presence(**{**told, "tried": int(told.get("tried", default))})


def _order(told: Mapping[str, Any]) -> Order:
    return Order(**{**told, "decision": int(told["decision"])})


def _last_served(versions: Mapping[str, Presence]) -> str:
    def since(arn: str) -> str:
        return max(versions[arn].healthy, versions[arn].untested)

    latest = max(versions, key=since, default="")
    return latest if latest and since(latest) > versions[latest].removed else ""
