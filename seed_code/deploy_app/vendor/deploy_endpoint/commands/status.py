"""Say what runs where, since when and by whose approval, from the model registry alone.

The function that starts deployments writes into the metadata of each version, times in UTC:

- `<stage>-healthy`: when it last passed its test in that stage; the latest of all versions serves,
- `<stage>-untested`: when a run that was cut off left it serving there; counts as the above,
- `<stage>-removed`: unless that version was taken out after that;
- `<stage>-last`: when a run with it ended last in that stage, and how;
- `approved-by`, `approved-by-<stage>`: who let it in.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import boto3

from deploy_endpoint.errors import aws_errors_explained
from deploy_endpoint.markdown_table import lay_out
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGE_NAMES, STAGES_FILE, load_stages

# As far back as the function looks that starts deployments.
_MOST_VERSIONS = 100
_APPROVED = "Approved"
_NOTHING = "-"
_COMMIT_DIGITS = 7


@dataclass(frozen=True)
class Version:
    """One version as the registry has it."""

    arn: str
    approval: str
    metadata: Mapping[str, str]

    @property
    def number(self) -> str:
        """Its number within the group."""
        return self.arn.rpartition("/")[2]

    def since(self, stage: str) -> str:
        """When it began to serve in a stage last; empty if never."""
        return max(self.metadata.get(f"{stage}-{how}", "") for how in ("healthy", "untested"))


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """How the last run of a stage ended, and with which version."""

    version: str
    at: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class StageStatus:
    """What a stage serves; of a stage that serves nothing, all but its last run is empty."""

    stage: str
    model_package_arn: str = ""
    version: str = ""
    approval: str = ""
    since: str = ""
    approved_by: str = ""
    commit: str = ""
    data_sha256: str = ""
    pipeline_execution: str = ""
    last_run: LastRun | None = None


def read_versions(sagemaker: Any, group: str) -> Iterator[Version]:
    """Ask for the newest versions of a group, one by one, since a list leaves metadata out."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
        PaginationConfig={"MaxItems": _MOST_VERSIONS},
    )
    with aws_errors_explained(f"read the versions of {group}"):
        for page in pages:
            for summary in page["ModelPackageSummaryList"]:
                arn = summary["ModelPackageArn"]
                found = sagemaker.describe_model_package(ModelPackageName=arn)
                yield Version(
                    arn=str(arn),
                    approval=str(found.get("ModelApprovalStatus", "")),
                    metadata=found.get("CustomerMetadataProperties") or {},
                )


def status_of(stage: str, versions: Sequence[Version]) -> StageStatus:
    """Tell what a stage serves."""
    last_run = _last_run(stage, versions)
    serving = max(versions, key=lambda version: version.since(stage), default=None)
    if serving is None or not serving.since(stage):
        return StageStatus(stage=stage, last_run=last_run)
    told = serving.metadata
    if told.get(f"{stage}-removed", "") > serving.since(stage):
        return StageStatus(stage=stage, last_run=last_run)
    return StageStatus(
        stage=stage,
        model_package_arn=serving.arn,
        version=serving.number,
        approval=serving.approval,
        since=serving.since(stage),
        approved_by=told.get(f"approved-by-{stage}") or told.get("approved-by", ""),
        commit=told.get("commit", ""),
        data_sha256=told.get("data-sha256", ""),
        pipeline_execution=told.get("pipeline-execution", ""),
        last_run=last_run,
    )


def all_stages(listed: Sequence[str], versions: Sequence[Version]) -> list[StageStatus]:
    """Tell of the stages that the settings list, and of others that serve a version still."""
    found = [status_of(name, versions) for name in STAGE_NAMES]
    return [status for status in found if status.stage in listed or status.version]


def _last_run(stage: str, versions: Sequence[Version]) -> LastRun | None:
    ends = [
        (version.metadata[f"{stage}-last"], version.number)
        for version in versions
        if version.metadata.get(f"{stage}-last")
    ]
    if not ends:
        return None
    told, number = max(ends)
    at, _, outcome = told.partition(" ")
    return LastRun(version=number, at=at, outcome=outcome)


def table(stages: Sequence[StageStatus]) -> str:
    """Lay the stages out as Markdown that also reads well as text."""
    head = ("stage", "version", "since", "approved by", "commit", "last run")
    return lay_out([head, *map(_row, stages)])


def _row(stage: StageStatus) -> tuple[str, ...]:
    version, run = stage.version, stage.last_run
    if version and stage.approval != _APPROVED:
        version = f"{version}, {stage.approval}"
    last = run.outcome if run else ""
    if run and run.version != stage.version:
        last = f"{last}, version {run.version}"
    # An ARN ends with the person: a user, a profile or the session of a role.
    person = stage.approved_by.rpartition("/")[2]
    commit = stage.commit[:_COMMIT_DIGITS]
    cells = (stage.stage, version, _minute(stage.since), person, commit, last)
    return tuple(cell or _NOTHING for cell in cells)


def _minute(moment: str) -> str:
    """Shorten 2026-11-01T10:20:30.000Z for people."""
    return f"{moment[:16].replace('T', ' ')} UTC" if moment else ""


def as_json(stages: Sequence[StageStatus]) -> str:
    """Write everything that is known of the stages, for programs."""
    return json.dumps([asdict(stage) for stage in stages], indent=2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--json", action="store_true", help="print everything, for programs")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    listed = [stage.name for stage in load_stages(STAGES_FILE, project).stages]
    with aws_errors_explained("reach SageMaker"):
        client = boto3.client("sagemaker", region_name=project.aws_region)
    versions = list(read_versions(client, project.model_package_group_name))
    stages = all_stages(listed, versions)
    print(as_json(stages) if options.json else table(stages))
