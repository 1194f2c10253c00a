"""Reads SageMaker's event about a model version: a hint to look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_STATUSES = frozenset({"Approved", "Rejected", "PendingManualApproval"})
# A version that is born approved can be deployed when its status becomes Completed; a stage's gate
# is passed in the life cycle.
_DECISIVE_FIELDS = frozenset({"ModelApprovalStatus", "ModelLifeCycle", "ModelPackageStatus"})


@dataclass(frozen=True)
class RegistryChange:
    """What an event says of a version; events arrive late, twice and in any order.

    Args:
        is_approved: what the version was then.
        is_decision: whether it may be about that; a stage's gate is another matter.
    """

    group: str
    model_package_arn: str
    is_approved: bool
    is_decision: bool = True


def parse_change(detail: Mapping[str, Any]) -> RegistryChange | None:
    """Read a model package event; None if it cannot have changed what is to be deployed.

    An edit of an approved version's metadata is told from a decision by
    `UpdatedModelPackageFields`; a version that is born approved has no such field.
    """
    edited = detail.get("UpdatedModelPackageFields")
    status = str(detail.get("ModelApprovalStatus"))
    if (
        status not in _STATUSES
        or (edited and _DECISIVE_FIELDS.isdisjoint(edited))
        or not detail.get("ModelPackageGroupName")
    ):
        return None
    return RegistryChange(
        group=str(detail["ModelPackageGroupName"]),
        model_package_arn=str(detail["ModelPackageArn"]),
        is_approved=status == "Approved",
        is_decision=not edited or "ModelApprovalStatus" in edited,
    )
