"""What the deploy workflow reports at the end of a run.

The event's source names project and stage, and each role of a stage may put events of that source
alone; so a report can be about no other project and no other stage.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.stage_record import DEPLOYED, OUTCOMES, ROLLED_BACK

REPORT_EVENT = "Stage Deployment Report"
_SOURCE = re.compile(r"mlops-sm-project\.(?P<project>p-[a-z0-9]{12})\.(?P<stage>[a-z0-9]+)")
_RUN = re.compile(r".*/actions/runs/(?P<id>\d{1,18})")
_COMMIT = re.compile(r"([0-9a-f]{40})?")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ReportError(Exception):
    """A report is not what the deploy workflow sends."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The report of a deployment was refused, since {why}; bring "
            "report_outcome.py in vendor/ back to the template's version."
        )


@dataclass(frozen=True)
class StageReport:
    """One run's outcome.

    Args:
        model_package_arn: the version that the run was about; empty if it was about none.
        at: when, in UTC to the millisecond; text sorts as time does.
        serves: ARN of the version that the stage really serves now, tested or not; empty if none,
            None if that is not known.
        run_url: address of the run, with its id.
        attempt: which of the run's, from 1.
        approved_by: who let the run in, as GitHub tells.
        is_untouched: whether the run ended before it could change the stage.
        configuration: commit of the deploy repository; empty if it is not told.
        digests: SHA-256 of model and data, by metadata key.
    """

    group: str
    model_package_arn: str
    stage: str
    outcome: str
    at: str
    reason: str
    serves: str | None
    run_url: str
    attempt: int
    approved_by: str
    is_untouched: bool
    configuration: str
    digests: Mapping[str, str]

    @property
    def run_id(self) -> int:
        """Return the run's id on GitHub."""
        return int(self.run_url.rpartition("/")[2])


def parse_report(event: Mapping[str, Any]) -> StageReport:
    """Read a report.

    Raises:
        ReportError: it is malformed, or about another project or stage than its source.
    """
    detail = event["detail"]
    source = _SOURCE.fullmatch(str(event.get("source")))
    group, arn = str(detail.get("modelPackageGroupName")), str(detail.get("modelPackageArn"))
    stage = str(detail.get("stage"))
    if source is None or source["stage"] != stage:
        raise ReportError(f"its source {event.get('source')} is not that of a stage")
    if not group.endswith(f"-{source['project']}"):
        raise ReportError(f"{group} is not the model package group of {source['project']}")
    serves = detail.get("serves")
    outcome = _one_of(detail, "outcome", OUTCOMES)
    named = [] if arn in ("", "None") and outcome not in (DEPLOYED, ROLLED_BACK) else [arn]
    for version in (*named, *([str(serves)] if serves else [])):
        if not is_version_of(group, version):
            raise ReportError(f"{version} is no version of {group}")
    return StageReport(
        group=group,
        model_package_arn=arn if named else "",
        stage=stage,
        outcome=outcome,
        at=_matching(detail, "at", _AT),
        reason=str(detail.get("reason") or ""),
        serves=None if serves is None else str(serves),
        run_url=_matching(detail, "runUrl", _RUN),
        attempt=_attempt(detail.get("runAttempt", 1)),
        approved_by=str(detail.get("approvedBy") or ""),
        is_untouched=detail.get("untouched") is True,
        configuration=_matching({"configuration": ""} | dict(detail), "configuration", _COMMIT),
        digests={
            key: _matching(detail, member, _DIGEST)
            for key, member in (("model-sha256", "modelSha256"), ("data-sha256", "dataSha256"))
            if detail.get(member)
        },
    )


def is_version_of(group: str, arn: str) -> bool:
    """Tell whether an ARN is of a model package group; SageMaker may write it in small letters."""
    return f":model-package/{group}/".lower() in arn.lower()


def _attempt(told: Any) -> int:
    if not isinstance(told, int) or not 1 <= told <= 10_000:
        raise ReportError(f"its runAttempt is {told!r}")
    return told


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
