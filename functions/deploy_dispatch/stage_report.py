"""What the deploy workflow reports at the end of a run.

The event's source names project and stage, and each role of a stage may put events of that source
alone; so a report can be about no other project and no other stage.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.order import STAGES

REPORT_EVENT = "Stage Deployment Report"
DEPLOYED, FAILED, ROLLED_BACK, REMOVED, SKIPPED, CANCELLED = OUTCOMES = (
    "deployed",
    "failed",
    "rolled_back",
    "removed",
    "skipped",
    "cancelled",
)
_SOURCE = re.compile(r"mlops-sm-project\.(?P<project>p-[a-z0-9]{12})\.(?P<stage>[a-z]+)")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GATES = ("automatic", "environment", "registry")


class ReportError(Exception):
    """A report is not what the deploy workflow sends."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The report of a deployment was refused, since {why}; bring "
            "report_outcome.py in vendor/ back to the template's version."
        )


@dataclass(frozen=True)
class NextStage:
    """Where a version goes from here, and what it needs for that."""

    stage: str
    approval: str


@dataclass(frozen=True)
class StageReport:
    """One run's outcome.

    Args:
        at: when, in UTC to the millisecond; text sorts as time does.
        serves: ARN of the version that the stage really serves now, tested or not; empty if none,
            None if that is not known.
        is_restoration: whether the run brought an earlier version back.
        digests: SHA-256 of model and data, by metadata key.
        next: None after the last stage.
    """

    group: str
    model_package_arn: str
    stage: str
    outcome: str
    at: str
    reason: str
    serves: str | None
    run_url: str
    approved_by: str
    is_restoration: bool
    digests: Mapping[str, str]
    next: NextStage | None


def parse_report(event: Mapping[str, Any]) -> StageReport:
    """Read a report.

    Raises:
        ReportError: it is malformed, or about another project or stage than its source.
    """
    detail = event["detail"]
    source = _SOURCE.fullmatch(str(event.get("source")))
    group, arn = str(detail.get("modelPackageGroupName")), str(detail.get("modelPackageArn"))
    stage = str(detail.get("stage"))
    if source is None or source["stage"] != stage or stage not in STAGES:
        raise ReportError(f"its source {event.get('source')} is not that of a stage")
    if not group.endswith(f"-{source['project']}"):
        raise ReportError(f"{group} is not the model package group of {source['project']}")
    serves = detail.get("serves")
    for version in (arn, *([str(serves)] if serves else [])):
        # SageMaker may write the group in small letters into the ARN.
        if f":model-package/{group}/".lower() not in version.lower():
            raise ReportError(f"{version} is no version of {group}")
    return StageReport(
        group=group,
        model_package_arn=arn,
        stage=stage,
        outcome=_one_of(detail, "outcome", OUTCOMES),
        at=_matching(detail, "at", _AT),
        reason=str(detail.get("reason") or ""),
        serves=None if serves is None else str(serves),
        run_url=str(detail.get("runUrl") or ""),
        approved_by=str(detail.get("approvedBy") or ""),
        is_restoration=bool(detail.get("insteadOf")),
        digests={
            key: _matching(detail, member, _DIGEST)
            for key, member in (("model-sha256", "modelSha256"), ("data-sha256", "dataSha256"))
            if detail.get(member)
        },
        next=_next(detail.get("next")),
    )


def _next(wish: Any) -> NextStage | None:
    if not wish:
        return None
    return NextStage(_one_of(wish, "stage", STAGES[1:]), _one_of(wish, "approval", _GATES))


def _one_of(values: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = str(values.get(name))
    if value not in known:
        raise ReportError(f"its {name} is {value!r} and not one of {', '.join(known)}")
    return value


def _matching(values: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = str(values.get(name))
    if not pattern.fullmatch(value):
        raise ReportError(f"its {name} is {value!r}")
    return value
