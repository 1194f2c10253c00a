"""What an event says about a model version, and what is true of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

APPROVED = "Approved"
_STATUSES = frozenset({APPROVED, "Rejected", "PendingManualApproval"})
# A version that is born approved can be deployed when its status becomes Completed.
_DECISIVE_FIELDS = frozenset({"ModelApprovalStatus", "ModelPackageStatus"})
_GONE = ("does not exist", "cannot find", "not found")


@dataclass(frozen=True)
class ApprovalEvent:
    """A hint to look at a version: events arrive late, twice and in any order."""

    group: str
    model_package_arn: str
    status: str


def parse_approval(detail: Mapping[str, Any]) -> ApprovalEvent | None:
    """Read a model package event; None if it cannot have changed whether a version is approved.

    An edit of an approved version's metadata is told from an approval by
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
    group, arn = str(detail["ModelPackageGroupName"]), str(detail["ModelPackageArn"])
    return ApprovalEvent(group, arn, status)


def is_approved(sagemaker: Any, model_package_arn: str) -> bool:
    """Ask the registry whether a version is complete and approved now; a deleted one is not."""
    try:
        found = sagemaker.describe_model_package(ModelPackageName=model_package_arn)
    except ClientError as error:
        said = error.response.get("Error", {})
        message = str(said.get("Message", "")).lower()
        if said.get("Code") == "ValidationException" and any(word in message for word in _GONE):
            return False
        raise
    return (found.get("ModelApprovalStatus"), found.get("ModelPackageStatus")) == (
        APPROVED,
        "Completed",
    )
