"""The versions of the project as the model registry has them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from deploy_endpoint.errors import aws_errors_explained

APPROVED, DELETED = "Approved", "deleted"
# SageMaker has no code of its own for this, so its words decide.
_GONE = ("does not exist", "cannot find", "not found")


@dataclass(frozen=True)
class Version:
    """One version.

    Args:
        arn: of the model package.
        approval: its status, or `deleted`.
        metadata: what the function that starts deployments wrote, or the pipeline.
        stage: of its life cycle, with the status and what it says to people; empty if it has none.
    """

    arn: str
    approval: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    stage_status: str = ""
    stage_description: str = ""

    @property
    def number(self) -> str:
        """Its number within the group."""
        return self.arn.rpartition("/")[2]


def find(arn: str, versions: Iterable[Version]) -> Version | None:
    """The one of these versions with an ARN; SageMaker may write its group in small letters."""
    return next((each for each in versions if each.arn.lower() == arn.lower()), None)


def find_package(sagemaker: Any, arn: str) -> dict[str, Any] | None:
    """Describe a version; None if it was deleted, or never registered."""
    with aws_errors_explained(f"describe model package {arn}"):
        try:
            package: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=arn)
        except ClientError as error:
            if not any(word in str(error).lower() for word in _GONE):
                raise
            return None
    return package


def find_version(sagemaker: Any, arn: str) -> Version | None:
    """Ask for one version; None as above."""
    found = find_package(sagemaker, arn)
    if found is None:
        return None
    life_cycle = found.get("ModelLifeCycle") or {}
    return Version(
        arn=arn,
        approval=str(found.get("ModelApprovalStatus", "")),
        metadata=found.get("CustomerMetadataProperties") or {},
        stage=life_cycle.get("Stage", ""),
        stage_status=life_cycle.get("StageStatus", ""),
        stage_description=life_cycle.get("StageDescription", ""),
    )


def read_versions(sagemaker: Any, group: str, most: int) -> Iterator[Version]:
    """Ask for the newest versions of a group, one by one, since a list leaves metadata out."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"MaxItems": most},
    )
    with aws_errors_explained(f"read the versions of {group}"):
        for page in pages:
            for summary in page["ModelPackageSummaryList"]:
                version = find_version(sagemaker, str(summary["ModelPackageArn"]))
                if version is not None:
                    yield version
