"""The last build of a project, and how good the version is that was registered last."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlparse

from operations.fleet.gaps import Gaps
from operations.fleet.kept import Keep, ask_anew

_LARGEST_REPORT_BYTES = 1_000_000
# Of the evaluation report; the metrics of one task stand in one of them.
SECTIONS = (
    "regression_metrics",
    "binary_classification_metrics",
    "multiclass_classification_metrics",
)


@dataclass(frozen=True)
class Build:
    """One execution of a pipeline."""

    status: str
    started: datetime


@dataclass(frozen=True)
class Metric:
    """The metric of the gate, of the newest version."""

    version: int
    name: str
    value: float


@dataclass(frozen=True)
class Builds:
    """Asks for builds and versions.

    Args:
        sagemaker: boto3 client.
        s3: boto3 client.
        gaps: hears what may not be read.
        keep: what is known of versions.
    """

    sagemaker: Any
    s3: Any
    gaps: Gaps
    keep: Keep = ask_anew

    def last_build(self, pipeline: str) -> Build | None:
        """The newest execution of a pipeline; None if there is none."""
        return self.gaps.ask("Last build", "sagemaker", lambda: self._build(pipeline), None)

    def metric(self, group: str) -> Metric | None:
        """How good the newest version of a group is; None if that is not known."""
        return self.gaps.ask("Metric", "sagemaker", lambda: self._metric(group), None)

    def _build(self, pipeline: str) -> Build | None:
        told = self.sagemaker.list_pipeline_executions(
            PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending", MaxResults=1
        )
        for one in told["PipelineExecutionSummaries"]:
            return Build(one["PipelineExecutionStatus"], one["StartTime"])
        return None

    def _metric(self, group: str) -> Metric | None:
        told = self.sagemaker.list_model_packages(
            ModelPackageGroupName=group,
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=1,
        )
        for one in told["ModelPackageSummaryList"]:
            arn = one["ModelPackageArn"]
            # The pipeline writes gate and report when it registers a version, and never later.
            found: Metric | None = self.keep(("metric", arn), partial(self._of_version, arn))
            return found
        return None

    def _of_version(self, arn: str) -> Metric | None:
        package = self.sagemaker.describe_model_package(ModelPackageName=arn)
        name = (package.get("CustomerMetadataProperties") or {}).get("gate-metric", "")
        quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
        place = str((quality.get("Statistics") or {}).get("S3Uri") or "")
        if not name or not place:
            return None
        report = self.gaps.ask("Metric", "s3", lambda: self._fetch(place), b"")
        value = read_metric(report, name)
        return None if value is None else Metric(package["ModelPackageVersion"], name, value)

    def _fetch(self, place: str) -> bytes:
        parts = urlparse(place)
        found = self.s3.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))
        content: bytes = found["Body"].read(_LARGEST_REPORT_BYTES)
        return content


def read_metric(report: bytes, name: str) -> float | None:
    """The value of a metric in an evaluation report; None if it is not there."""
    try:
        told = json.loads(report)
        values = [told[section][name]["value"] for section in SECTIONS if section in told]
        return float(values[0])
    except (ValueError, KeyError, TypeError, IndexError):
        return None
