"""What the model registry knows of a version, and the report that it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlparse

from ml_pipelines.card.report import LARGEST_NUMBER, LARGEST_REPORT_BYTES, ReportError


@dataclass(frozen=True)
class Gate:
    """What a version had to reach to be registered."""

    metric: str
    threshold: float


@dataclass(frozen=True)
class Version:
    """One version of the group.

    Attributes:
        commit: that it was built from; empty if it names none, like `execution`.
        report_uri: where its evaluation report is.
    """

    group: str
    number: int
    arn: str
    approval: str
    created: datetime
    commit: str
    execution: str
    gate: Gate | None
    report_uri: str


def find_version(sagemaker: Any, group: str, number: int | None) -> Version:
    """Describe a version of the group, the newest if none is asked for.

    Raises:
        ReportError: there is no such version, or it names no report.
    """
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if number in (None, summary["ModelPackageVersion"]):
                arn = summary["ModelPackageArn"]
                return _version(sagemaker.describe_model_package(ModelPackageName=arn))
    wanted = "version" if number is None else f"version {number}"
    raise ReportError(f"{group} has no {wanted}; see the model registry.")


def fetch_report(s3: Any, uri: str) -> bytes:
    """Read a report from S3, of one that is too large no more than it takes to know that."""
    place = urlparse(uri)
    body = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"]
    content: bytes = body.read(LARGEST_REPORT_BYTES + 1)
    return content


def _version(package: dict[str, Any]) -> Version:
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    uri = str((quality.get("Statistics") or {}).get("S3Uri") or "")
    arn = package["ModelPackageArn"]
    if not uri:
        raise ReportError(f"{arn} names no evaluation report; build the model again.")
    metadata = package.get("CustomerMetadataProperties") or {}
    return Version(
        group=package["ModelPackageGroupName"],
        number=package["ModelPackageVersion"],
        arn=arn,
        approval=package["ModelApprovalStatus"],
        created=package["CreationTime"],
        commit=metadata.get("commit", ""),
        execution=metadata.get("pipeline-execution", ""),
        gate=_gate(metadata),
        report_uri=uri,
    )


def _gate(metadata: dict[str, str]) -> Gate | None:
    try:
        threshold = float(metadata["gate-threshold"])
        gate = Gate(metadata["gate-metric"], threshold)
    except (KeyError, ValueError):
        return None  # registered before versions named it
    return gate if abs(threshold) <= LARGEST_NUMBER else None
