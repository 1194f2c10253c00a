"""Report how a run ended to the project's account, which writes it into the model registry.

The event's source names project and stage; the role of a stage may send no other. The run's number
and attempt let the account ask GitHub about the run itself.
"""

import argparse
import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import boto3

from deploy_endpoint import github_run
from deploy_endpoint.errors import (
    ModelPackageError,
    ReportError,
    aws_errors_explained,
)
from deploy_endpoint.model.approved_model import parse_model_package
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import (
    STAGES_FILE,
    load_stages,
    stage_name,
)

DETAIL_TYPE = "Stage Deployment Report"
SUCCESS = "success"
_DEPLOYED = "deployed"
_REMOVED = "removed"
_CANCELLED = "cancelled"
_LOOKED = "looked"
_SKIPPED = "skipped"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NOTHING, _UNKNOWN = "nothing", "unknown"  # what `stage_stack look` hands on beside an ARN


def outcome(environment: Mapping[str, str]) -> str:
    """Tell the outcome of a run from those of its steps.

    `DEPLOYED`, `TESTED` and `RESTORED` are success, failure, cancelled or skipped, as
    GitHub has it; `REMOVED` is of a run that removes an endpoint, `LOOKED` of one that only looks.
    `STALE` says that there was nothing to do, since the version to be replaced is no longer served.
    `JOB_STATUS` tells whether somebody cancelled the run before it came to its end.
    """
    if environment.get("LOOKED") == SUCCESS:
        return _LOOKED
    if environment.get("STALE"):
        return _SKIPPED
    if environment.get("REMOVED") == SUCCESS:
        return _REMOVED
    if environment.get("DEPLOYED") == environment.get("TESTED") == SUCCESS:
        return _DEPLOYED
    if _is_cancelled(environment):
        return _CANCELLED
    return "rolled_back" if environment.get("RESTORED") == SUCCESS else "failed"


def is_untouched(environment: Mapping[str, str]) -> bool:
    """Tell whether a run ended before it could have changed the stage, whatever ended it.

    A deployment may change it from its beginning on; a removal that failed says before its first
    change that it comes, by `TOUCHED`, unless it was cut off.
    """
    deployed, removed = environment.get("DEPLOYED", ""), environment.get("REMOVED", "")
    failed = removed == "failure" and not _is_cancelled(environment)
    is_whole = removed in ("", _SKIPPED) or failed or bool(environment.get("STALE"))
    return deployed in ("", _SKIPPED) and is_whole and not environment.get("TOUCHED")


def _is_cancelled(environment: Mapping[str, str]) -> bool:
    return environment.get("JOB_STATUS") == _CANCELLED


def _reason(stage: str, environment: Mapping[str, str]) -> str:
    """Why a run ended as it did, and what the stage serves if nothing brought it back."""
    ended, serves = outcome(environment), environment.get("SERVES", "")
    told = [environment.get("REASON", "")]
    if ended == _CANCELLED:
        told.append("The run was cancelled.")
    if serves == _UNKNOWN:
        told.append(f"{stage} changes still, so look there for what it serves.")
    elif serves and ended in (_CANCELLED, "failed"):
        told.append(f"{stage} serves {serves}.")
    return " ".join(filter(None, told))


def _serves(environment: Mapping[str, str]) -> str | None:
    """ARN of the version that the stage really serves; empty if none, None if not known."""
    ended, serves = outcome(environment), environment.get("SERVES") or _UNKNOWN
    if ended == _DEPLOYED:
        serves = environment.get("MODEL_PACKAGE_ARN", _UNKNOWN)
    if ended == _REMOVED:
        serves = _NOTHING
    return {_NOTHING: "", _UNKNOWN: None}.get(serves, serves)


def detail(
    project: ProjectSettings,
    stage: str,
    following: StageSettings | None,
    environment: Mapping[str, str],
    now: datetime,
    approved_by: str = "",
) -> dict[str, Any]:
    """Make the event's detail; `approved_by` let the run into its environment on GitHub."""
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    return _configuration(environment) | {
        "modelPackageGroupName": project.model_package_group_name,
        "modelPackageArn": _version(project, environment),
        "stage": stage,
        "outcome": outcome(environment),
        "at": f"{moment}Z",
        "reason": _reason(stage, environment),
        "serves": _serves(environment),
        "untouched": is_untouched(environment),
        "runUrl": github_run.address(environment),
        "runAttempt": int(environment.get("GITHUB_RUN_ATTEMPT") or 1),
        "insteadOf": environment.get("INSTEAD_OF", ""),
        "approvedBy": approved_by,
        "modelSha256": environment.get("PROVENANCE_MODEL_SHA256") or None,
        "dataSha256": environment.get("PROVENANCE_DATA_SHA256") or None,
        "next": following and {"stage": following.name, "approval": following.approval},
    }


def _configuration(environment: Mapping[str, str]) -> dict[str, str]:
    """The commit whose settings the run had; of none, if no commit started it."""
    commit = environment.get("GITHUB_SHA", "")
    return {"configuration": commit} if _COMMIT.fullmatch(commit) else {}


def _version(project: ProjectSettings, environment: Mapping[str, str]) -> str:
    """The version that was admitted, asked for and refused, or seen by a run that only looks.

    Empty if that is none of the project's: its registry can record nothing of a foreign one.
    """
    arn = environment.get("MODEL_PACKAGE_ARN") or environment.get("REQUESTED_ARN", "")
    if outcome(environment) == _LOOKED:
        arn = _serves(environment) or ""
    try:
        return parse_model_package(arn.strip(), project)
    except ModelPackageError:
        return ""


def _following(project: ProjectSettings, stage: str) -> StageSettings | None:
    """The stage after the one where a version now is; failed and cancelled runs go nowhere."""
    if outcome(os.environ) != _DEPLOYED or _is_cancelled(os.environ):
        return None
    return load_stages(STAGES_FILE, project).after(stage)


def send(events: Any, source: str, told: Mapping[str, Any]) -> None:
    """Put the event on the account's default bus.

    Raises:
        ReportError: EventBridge did not take it.
    """
    entry = {"Source": source, "DetailType": DETAIL_TYPE, "Detail": json.dumps(told)}
    with aws_errors_explained(f"report as {source}"):
        answer = events.put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        raise ReportError(answer["Entries"][0].get("ErrorMessage", "no reason given"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    stage = stage_name(options.stage, project)
    if not github_run.address(os.environ):
        print(
            "A report is believed only of a run that GitHub knows, and this is none; start the "
            f"workflow Remove endpoint with only_look for {stage}, which reports what it serves."
        )
        return
    following = _following(project, stage)
    approved_by = github_run.approvers(os.environ)
    told = detail(project, stage, following, os.environ, datetime.now(UTC), approved_by)
    with aws_errors_explained("reach EventBridge"):
        events = boto3.client("events", region_name=project.aws_region)
    send(events, f"mlops-sm-project.{project.project_id}.{stage}", told)
    print(f"Reported: {told['outcome']} in {stage}.")
