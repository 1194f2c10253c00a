"""The model registry: what holds of a version, and what people are shown there (`display.py`)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from deploy_dispatch.people import person
from deploy_dispatch.registry_change import RegistryChange
from invocation.aws_errors import error_code
from invocation.deadline import Deadline

APPROVED = "Approved"
_COMMIT = re.compile(r"[0-9a-f]{40}")
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
        changed_by: the person who changed it last, or made it if nobody changed it; empty if it
            was none.
    """

    arn: str
    is_approved: bool
    stage: str = ""
    stage_status: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    changed_by: str = ""

    @property
    def commit(self) -> str:
        """Commit of the build repository that it says to be made from; empty if it names none.

        Whoever registers a version writes it, and it becomes part of an address.
        """
        told = str(self.metadata.get("commit", ""))
        return told if _COMMIT.fullmatch(told) else ""


class Registry:
    """Reads and annotates versions.

    Args:
        sagemaker: boto3 client.
        deadline: of this invocation.
        function: name of this one, whose changes no person made.
    """

    def __init__(self, sagemaker: Any, deadline: Deadline, function: str) -> None:
        self._sagemaker = sagemaker
        self._deadline = deadline
        self._function = function

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
            changed_by=person(
                found.get("LastModifiedBy") or found.get("CreatedBy") or {}, self._function
            ),
        )

    def find_changed(self, change: RegistryChange) -> Version | None:
        """Ask for a version; once more if the registry does not yet say what its event says."""
        found = self.find(change.model_package_arn)
        if (found is not None and found.is_approved) != change.is_approved:
            self._deadline.sleep(_STALE_READ_SECONDS)
            found = self.find(change.model_package_arn)
        return found

    def approved(self, group: str) -> list[str]:
        """Ask for the versions of a group that are complete and approved, the newest first."""
        pages = self._sagemaker.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=group,
            ModelApprovalStatus=APPROVED,
            SortBy="CreationTime",
            SortOrder="Descending",
        )
        summaries = (one for page in pages for one in page["ModelPackageSummaryList"])
        complete = (one for one in summaries if one["ModelPackageStatus"] == "Completed")
        return [str(one["ModelPackageArn"]) for one in complete]

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
