"""What the model registry knows of a version, and the report that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlparse

from ml_pipelines.card.report import LARGEST_NUMBER, LARGEST_REPORT_BYTES, ReportError

Facts = list[tuple[str, str]]
_APPROVALS = {
    "Approved": "registered and approved",
    "Rejected": "registered and rejected",
    "PendingManualApproval": "registered, waiting for approval",
}


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

    @property
    def label(self) -> str:
        """Names it in file names."""
        return str(self.number)

    @property
    def title(self) -> str:
        """Names it on its page."""
        return f"{self.group}, version {self.number}"

    @property
    def standing(self) -> str:
        """What became of it."""
        return _APPROVALS.get(self.approval, f"registered, {self.approval}")

    @property
    def facts(self) -> Facts:
        """What the page lists."""
        return [
            ("Created", in_utc(self.created)),
            ("Commit", self.commit or "not recorded"),
            ("Execution", self.execution or "not recorded"),
            ("Model package", self.arn),
        ]


def in_utc(time: datetime) -> str:
    """A time for people."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


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
                return version_of(sagemaker.describe_model_package(ModelPackageName=arn))
    wanted = "version" if number is None else f"version {number}"
    raise ReportError(f"{group} has no {wanted}; see the registry, or try --execution.")


def version_of(package: Mapping[str, Any]) -> Version:
    """Read what the registry says of one version.

    Raises:
        ReportError: it names no report.
    """
    uri, arn = report_uri(package), package["ModelPackageArn"]
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
        gate=recorded_gate(metadata.get("gate-metric"), metadata.get("gate-threshold")),
        report_uri=uri,
    )


def report_uri(package: Mapping[str, Any]) -> str:
    """Where the report of a described version is; empty if it names none."""
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    return str((quality.get("Statistics") or {}).get("S3Uri") or "")


def fetch_report(s3: Any, uri: str) -> bytes:
    """Read a report from S3, of one that is too large no more than it takes to know that."""
    place = urlparse(uri)
    body = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"]
    content: bytes = body.read(LARGEST_REPORT_BYTES + 1)
    return content


def recorded_gate(metric: str | None, threshold: str | None) -> Gate | None:
    """The gate, if it was recorded as a metric and a number."""
    try:
        gate = Gate(metric or "", float(threshold or ""))
    except ValueError:
        return None  # made before gates were recorded
    return gate if gate.metric and abs(gate.threshold) <= LARGEST_NUMBER else None
