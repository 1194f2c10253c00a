"""Versions of a project, with what their reports say of them: the newest, or one of a number."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
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
_FRESH_SECONDS = 10.0
_ONE_FRESH_SECONDS = 3.0
_SIDE_BY_SIDE = 5


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
        nothing: Sequence[Mapping[str, Any]] = []
        call = partial(newest_packages, account, project)
        found = gaps.ask("Versions", "sagemaker", call, nothing)

        def described(told: Mapping[str, Any]) -> Version | None:
            # A decision and what becomes of it show in the list, too, and are read at once.
            arn, decided = told["ModelPackageArn"], told.get("ModelApprovalStatus")
            key = "version", arn, decided, repr(told.get("ModelLifeCycle"))
            package = account.recent.get(key, lambda: _package(account, arn, gaps))
            return _with_report(account, package, gaps)

        with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
            return [one for one in threads.map(described, found) if one is not None]

    return Question("versions", project.group, ask, _FRESH_SECONDS)


@dataclass(frozen=True)
class VersionLook:
    """What a look at the registry found; None if there is no such version, or it is closed."""

    version: Version | None


def version_question(account: Account, project: ProjectNames, number: int) -> Question:
    """Ask for a version by its number; however many there are, it takes one request."""

    def ask(gaps: PageGaps) -> VersionLook:
        package = find_package(account, project, number, gaps)
        return VersionLook(_with_report(account, package, gaps))

    about = project.version_arn(number, account.identity)
    return Question("found", about, ask, _ONE_FRESH_SECONDS)


def find_package(
    account: Account, project: ProjectNames, number: int, gaps: PageGaps
) -> Mapping[str, Any] | None:
    """A version as the registry describes it; the gaps are told if there is none."""
    absent = project.lacks(
        f"There is no version {number} of {project.name}: it was deleted, or never registered."
    )
    arn = project.version_arn(number, account.identity)
    return gaps.find("Version", "sagemaker", partial(_describe, account, arn), absent)


def describe_version(account: Account, arn: str, gaps: PageGaps) -> Version | None:
    """Ask for one version; None if it is gone, or may not be read."""
    return _with_report(account, _package(account, arn, gaps), gaps)


def _package(account: Account, arn: str, gaps: PageGaps) -> Mapping[str, Any] | None:
    return gaps.ask("Version", "sagemaker", partial(_describe, account, arn), None)


def _describe(account: Account, arn: str) -> Mapping[str, Any] | None:
    client = account.client("sagemaker")
    found: Mapping[str, Any] = client.describe_model_package(ModelPackageName=arn)
    return found


def _with_report(
    account: Account, package: Mapping[str, Any] | None, gaps: PageGaps
) -> Version | None:
    return None if package is None else Version(package, read_report(account, package, gaps))


def newest_packages(account: Account, project: ProjectNames) -> Sequence[Mapping[str, Any]]:
    """The newest versions, as a list tells of them.

    Raises:
        ClientError: SageMaker refused, or there is no such group.
        BotoCoreError: it did not answer.
    """
    told = account.client("sagemaker").list_model_packages(
        ModelPackageGroupName=project.group,
        SortBy="CreationTime",
        SortOrder="Descending",
        MaxResults=MOST_SHOWN,
    )
    found: Sequence[Mapping[str, Any]] = told["ModelPackageSummaryList"]
    return found
