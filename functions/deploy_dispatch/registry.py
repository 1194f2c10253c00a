"""The model registry: what holds of a version, and what people are shown there (`display.py`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from deploy_dispatch.registry_change import RegistryChange
from invocation.aws_errors import error_code
from invocation.deadline import Deadline

APPROVED = "Approved"
_GONE = ("does not exist", "cannot find", "not found")
_STALE_READ_SECONDS = 3.0
_LONGEST_DESCRIPTION = 1024
_LONGEST_VALUE = 256


@dataclass(frozen=True)
class Version:
    """One model package as it is now.

    Args:
        stage: of its life cycle, with `stage_status`; empty if it has none yet.
        metadata: what `write`, and whoever registered it, left with it.
        changed_by: who changed it last, or made it if nobody changed it, as SageMaker tells it;
            empty if it does not.
    """

    arn: str
    is_approved: bool
    stage: str = ""
    stage_status: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    changed_by: str = ""


class Registry:
    """Reads and annotates versions.

    Args:
        sagemaker: boto3 client.
        deadline: of this invocation.
    """

    def __init__(self, sagemaker: Any, deadline: Deadline) -> None:
        self._sagemaker = sagemaker
        self._deadline = deadline

    def find(self, arn: str) -> Version | None:
        """Ask for a version; None if it is deleted."""
        try:
            found = self._sagemaker.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            said = str(error).lower()
            if error_code(error) == "ValidationException" and any(word in said for word in _GONE):
                return None
            raise
        status = (found.get("ModelApprovalStatus"), found.get("ModelPackageStatus"))
        life = found.get("ModelLifeCycle") or {}
        return Version(
            arn=arn,
            is_approved=status == (APPROVED, "Completed"),
            stage=str(life.get("Stage", "")),
            stage_status=str(life.get("StageStatus", "")),
            metadata=found.get("CustomerMetadataProperties") or {},
            changed_by=_identity(found.get("LastModifiedBy") or found.get("CreatedBy") or {}),
        )

    def is_approved(self, arn: str) -> bool:
        """Ask whether a version is complete and approved now; a deleted one is not."""
        found = self.find(arn)
        return found is not None and found.is_approved

    def find_changed(self, change: RegistryChange) -> Version | None:
        """Ask for a version; once more if the registry does not yet say what its event says."""
        found = self.find(change.model_package_arn)
        if (found is not None and found.is_approved) != change.is_approved:
            self._deadline.sleep(_STALE_READ_SECONDS)
            found = self.find(change.model_package_arn)
        return found

    def newest_approved(self, group: str) -> str:
        """Ask for the newest version of a group that is complete and approved; empty if none is."""
        pages = self._sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            ModelApprovalStatus=APPROVED,
            SortBy="CreationTime",
            SortOrder="Descending",
        )
        summaries = (one for page in pages for one in page["ModelPackageSummaryList"])
        complete = (one for one in summaries if one["ModelPackageStatus"] == "Completed")
        return next((str(one["ModelPackageArn"]) for one in complete), "")

    def write(
        self,
        version: Version,
        *,
        metadata: Mapping[str, str] | None = None,
        forget: Sequence[str] = (),
        stage: tuple[str, str, str] | None = None,
    ) -> None:
        """Annotate a version; nothing is sent if there is nothing to say.

        Args:
            version: which.
            metadata: keys and values, cut to what SageMaker takes.
            forget: keys that are no longer true.
            stage: stage, its status and a sentence for the life cycle.
        """
        kept = {key: value[:_LONGEST_VALUE] for key, value in (metadata or {}).items()}
        gone = [key for key in forget if key in version.metadata]
        request: dict[str, Any] = {}
        if kept:
            request["CustomerMetadataProperties"] = kept
        if gone:
            request["CustomerMetadataPropertiesToRemove"] = gone
        if stage is not None:
            name, status, sentence = stage
            request["ModelLifeCycle"] = {
                "Stage": name,
                "StageStatus": status,
                "StageDescription": sentence[:_LONGEST_DESCRIPTION],
            }
        if request:
            self._sagemaker.update_model_package(ModelPackageArn=version.arn, **request)


def _identity(context: Mapping[str, Any]) -> str:
    """Name whoever acted: the Studio profile, since profiles may share a role, or the identity."""
    identity = context.get("IamIdentity") or {}
    return str(context.get("UserProfileArn") or identity.get("Arn") or "")
