"""The ledger: what this function itself wrote down, in the table of the claims.

It holds one item for each version, one for what ran in the stages of each project, and one that
tells the project's builds which version is live. No other role can write them, and they never
expire. Each write names the revision that it was decided on, and is tried anew on what is there if
that was changed. What has no item is unknown: nothing of it counts as approved, and nothing as
deployed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from deploy_dispatch.stage_history import History, Presence
from invocation.aws_errors import error_code

_FIRST = "attribute_not_exists(ClaimId)"
_UNCHANGED = "Revision = :revision"
_OLDER = "attribute_not_exists(ClaimId) OR Revision < :revision"


@dataclass(frozen=True)
class Decisions:
    """What was decided of one version.

    Args:
        arn: of the version.
        is_approved: what the registry said at the last look.
        approved_by: who approved it; empty if no person was seen to do so.
        gate: the stage that people were asked to open last; empty if none.
        opened_by: who opened a stage in the registry, by stage.
        digests: SHA-256 of model and data at the first deployment, by their keys of the display.
        is_clean: whether what the version carried from its creation is off the display.
        revision: how often it was written; 0 if it is not there.
    """

    arn: str
    is_approved: bool = False
    approved_by: str = ""
    gate: str = ""
    opened_by: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    is_clean: bool = True
    revision: int = 0


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
            gate=found.get("Gate", ""),
            opened_by=found.get("OpenedBy", {}),
            digests=found.get("Digests", {}),
            is_clean=found.get("IsClean", True),
            revision=int(found.get("Revision", 0)),
        )

    def history(self, group: str) -> History:
        """Read what ran in the stages of a project, by its model package group."""
        found = self._find(_history_key(group))
        stages = {
            stage: {arn: Presence(**told) for arn, told in versions.items()}
            for stage, versions in found.get("Stages", {}).items()
        }
        return History(stages, int(found.get("Revision", 0)))

    def change_decisions(
        self, known: Decisions, change: Callable[[Decisions], Decisions]
    ) -> Decisions:
        """Write what a change makes of the decisions, if anything; returns what is there then."""
        while (new := change(known)) != known:
            content = {
                "IsApproved": new.is_approved,
                "ApprovedBy": new.approved_by,
                "Gate": new.gate,
                "OpenedBy": dict(new.opened_by),
                "Digests": dict(new.digests),
                "IsClean": new.is_clean,
            }
            if self._write(version_key(known.arn), known.revision, content):
                return replace(new, revision=known.revision + 1)
            known = self.decisions(known.arn)
        return known

    def change_history(self, group: str, change: Callable[[History], History]) -> History:
        """Write what a change makes of a project's stages, if anything; as above."""
        known = self.history(group)
        while (new := change(known)) != known:
            stages = {
                stage: {arn: vars(presence) for arn, presence in versions.items()}
                for stage, versions in new.stages.items()
            }
            if self._write(_history_key(group), known.revision, {"Stages": stages}):
                return replace(new, revision=known.revision + 1)
            known = self.history(group)
        return known

    def tell_live_version(self, group: str, history: History) -> None:
        """Write down for builds what the stages serve, unless a later history was told already.

        The item has the revision of the history that it follows from: an event that is tried again
        writes what it had no time for, and one that was overtaken writes nothing.
        """
        revision = history.revision
        content = {"Live": history.live_version(), "Revision": revision}
        self._put(_live_key(group), content, _OLDER, revision)

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


def _history_key(group: str) -> str:
    return f"stages {group}"


def _live_key(group: str) -> str:
    """Key of the item that the build role of the project may read."""
    return f"live {group}"
