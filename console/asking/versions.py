"""The newest versions of a project, with what their reports say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from metrics import METRICS
from ml_pipelines.card.registry import Gate, recorded_gate
from ml_pipelines.card.report import Report
from ml_pipelines.card.verdict import headline
from ml_pipelines.card.wording import number, title_of

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from console.asking.reports import read_report

MOST_SHOWN = 10
_FRESH_SECONDS = 4.0


@dataclass(frozen=True)
class Version:
    """One version.

    Args:
        package: as the registry describes it.
        report: of its evaluation; None if it cannot be read.
    """

    package: Mapping[str, Any]
    report: Report | None

    @property
    def number(self) -> int:
        """Within its group."""
        return int(self.package["ModelPackageVersion"])

    @property
    def arn(self) -> str:
        """Of the model package."""
        return str(self.package["ModelPackageArn"])

    @property
    def approval(self) -> str:
        """What somebody decided of it."""
        return str(self.package.get("ModelApprovalStatus", ""))

    @property
    def created(self) -> datetime:
        """When it was registered."""
        created: datetime = self.package["CreationTime"]
        return created

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the pipeline and the dispatch function wrote into it."""
        return self.package.get("CustomerMetadataProperties") or {}

    @property
    def gate(self) -> Gate | None:
        """What it had to reach."""
        return recorded_gate(self.metadata.get("gate-metric"), self.metadata.get("gate-threshold"))

    @property
    def metric(self) -> str:
        """Its first metric with its value, such as `mean squared error 4.54`; empty if unknown."""
        if self.report is None:
            return ""
        name = headline(self.report, self.gate)
        return f"{title_of(name)} {number(self.report.metrics[name].value)}"

    @property
    def is_good(self) -> bool | None:
        """Whether it passes its gate; None if that is not known."""
        gate = self.gate
        if self.report is None or gate is None or gate.metric not in METRICS:
            return None
        found = self.report.metrics.get(gate.metric)
        return None if found is None else METRICS[gate.metric].passes(found.value, gate.threshold)

    @property
    def verdict(self) -> str:
        """Against the version that was live when it was built, such as `better`."""
        if self.report is None or self.report.comparison is None:
            return ""
        return self.report.comparison.verdict


def versions_question(account: Account, project: ProjectNames) -> Question:
    """Ask for the newest versions, newest first."""

    def ask(gaps: PageGaps) -> Sequence[Version]:
        found: list[str] = gaps.ask("Versions", "sagemaker", lambda: _arns(account, project), [])
        described = (describe_version(account, arn, gaps) for arn in found)
        return [one for one in described if one is not None]

    return Question("versions", project.group, ask, _FRESH_SECONDS)


def describe_version(account: Account, arn: str, gaps: PageGaps) -> Version | None:
    """Ask for one version; None if it is gone, or may not be read."""
    sagemaker = account.client("sagemaker")
    package: Mapping[str, Any] | None = gaps.ask(
        "Version",
        "sagemaker",
        lambda: sagemaker.describe_model_package(ModelPackageName=arn),
        None,
    )
    return None if package is None else Version(package, read_report(account, package, gaps))


def _arns(account: Account, project: ProjectNames) -> list[str]:
    told = account.client("sagemaker").list_model_packages(
        ModelPackageGroupName=project.group,
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=MOST_SHOWN,
    )
    return [one["ModelPackageArn"] for one in told["ModelPackageSummaryList"]]
