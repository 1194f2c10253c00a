"""Who starts a run: one record in DynamoDB for each order (`order.py`).

    (none) ── take ──> starting ── replace ──> started
      ^                  │  ^ │                   │
      │                  │  └─┘ replace: renewed  │
      └───── remove ─────┴── or taken over ───────┘ remove: no longer wanted

Every change names the record that it was decided on, and fails if that is not there any more.
"""

from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from invocation.aws_errors import error_code

STARTING = "starting"
STARTED = "started"
_KEPT_SECONDS = 400 * 86400
_UNCHANGED = "ClaimedBy = :by AND ClaimedAt = :at AND #State = :state"


@dataclass(frozen=True)
class Claim:
    """The right to start one run.

    Args:
        id: of the order.
        state: STARTING or STARTED.
        claimed_by: id of the event on whose behalf it is held.
        claimed_at: seconds since the epoch, to the millisecond; moves with each renewal.
        since: when it was first held; no run of this order was started before.
        repository: where the run is, for people who read the table.
    """

    id: str
    state: str
    claimed_by: str
    claimed_at: float
    since: float
    repository: str

    def renewed(self, claimed_by: str, now: float) -> "Claim":
        """Return the same claim, held anew; two renewals never have the same time."""
        at = round(max(now, self.claimed_at + 0.001), 3)
        return replace(self, claimed_by=claimed_by, claimed_at=at)

    def started(self) -> "Claim":
        """Return the claim of a run that was started."""
        return replace(self, state=STARTED)


@dataclass(frozen=True)
class Claims:
    """The table.

    Args:
        dynamodb: boto3 client.
        table: its name.
    """

    dynamodb: Any
    table: str

    def find(self, id_: str) -> Claim | None:
        """Read the claim of an order, as it is at this moment."""
        found = self.dynamodb.get_item(
            TableName=self.table, Key=_key(id_), ConsistentRead=True
        ).get("Item")
        if not found:
            return None
        return Claim(
            id=id_,
            state=found["State"]["S"],
            claimed_by=found["ClaimedBy"]["S"],
            claimed_at=float(found["ClaimedAt"]["N"]),
            since=float(found["Since"]["N"]),
            repository=found["Repository"]["S"],
        )

    def take(self, claim: Claim) -> bool:
        """Write a first claim; False if there is one."""
        return self._changed(
            self.dynamodb.put_item,
            Item=_item(claim),
            ConditionExpression="attribute_not_exists(ClaimId)",
        )

    def replace(self, old: Claim, new: Claim) -> bool:
        """Write `new` in place of `old`; False if that is not there any more."""
        return self._changed(self.dynamodb.put_item, Item=_item(new), **_unless_changed(old))

    def remove(self, claim: Claim) -> bool:
        """Delete a claim; False if it is not there any more."""
        return self._changed(
            self.dynamodb.delete_item,
            Key=_key(claim.id),
            **_unless_changed(claim),
        )

    def _changed(self, write: Any, **request: Any) -> bool:
        try:
            write(TableName=self.table, **request)
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _key(id_: str) -> dict[str, Any]:
    return {"ClaimId": {"S": id_}}


def _item(claim: Claim) -> dict[str, Any]:
    return {
        **_key(claim.id),
        "State": {"S": claim.state},
        "ClaimedBy": {"S": claim.claimed_by},
        "ClaimedAt": {"N": f"{claim.claimed_at:.3f}"},
        "Since": {"N": f"{claim.since:.3f}"},
        "Repository": {"S": claim.repository},
        "ExpiresAt": {"N": str(int(claim.claimed_at) + _KEPT_SECONDS)},
    }


def _unless_changed(claim: Claim) -> dict[str, Any]:
    return {
        "ConditionExpression": _UNCHANGED,
        "ExpressionAttributeNames": {"#State": "State"},  # a reserved word of DynamoDB
        "ExpressionAttributeValues": {
            ":by": {"S": claim.claimed_by},
            ":at": {"N": f"{claim.claimed_at:.3f}"},
            ":state": {"S": claim.state},
        },
    }
