"""Say what runs where, since when and by whose approval, and what needs attention.

The model registry tells it, and the endpoints themselves as far as these credentials reach: what an
endpoint serves goes before what the registry shows of it, since a version may be deleted.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import boto3

from deploy_endpoint.commands.stage_stack import StageStack
from deploy_endpoint.errors import AwsCallError, aws_errors_explained
from deploy_endpoint.markdown_table import lay_out
from deploy_endpoint.model.registered_version import (
    APPROVED,
    DELETED,
    Version,
    find,
    find_version,
    read_versions,
)
from deploy_endpoint.model.stage_status import Live, StageStatus, all_stages
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage_settings import (
    STAGES_FILE,
    StagesSettings,
    load_stages,
)
from deploy_endpoint.stack.served_endpoint import MODEL_PACKAGE_TAG, served_version

# As far back as the function looks that starts deployments.
_MOST_VERSIONS = 100
_NOTHING = "-"
_COMMIT_DIGITS = 7
_TAGS = ("approved-by", "commit", "data-sha256", "pipeline-execution")


class Endpoints:
    """Asks the endpoints of a project what they serve.

    Args:
        cloudformation: boto3 client of the project's account.
        sagemaker: the same.
        project: whose.
        stages: as the settings list them.
    """

    def __init__(
        self,
        cloudformation: Any,
        sagemaker: Any,
        project: ProjectSettings,
        stages: StagesSettings,
    ) -> None:
        self._cloudformation = cloudformation
        self._sagemaker = sagemaker
        self._project = project
        self._stages = stages

    def look(self, name: str) -> Live:
        """Tell what a stage serves, or why that is not to be told."""
        settings = self._stages.find(name)
        if settings is not None and self._project.is_foreign(settings):
            return Live(why=f"it lies in account {settings.account}.")
        try:
            stack = StageStack(self._cloudformation, self._project.stack_name(name)).describe()
            if stack is None and settings is None:
                return Live()  # it may lie in an account that nothing here names
            return self._served(name, stack or {})
        except AwsCallError as error:
            return Live(why=str(error))

    def _served(self, name: str, stack: Mapping[str, Any]) -> Live:
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
        arn = served_version(self._sagemaker, self._project.endpoint_name(name), outputs)
        if arn is None:
            return Live(why="its endpoint changes just now, or somebody changed it by hand.")
        tags = {each["Key"]: each["Value"] for each in stack.get("Tags", [])}
        if tags.get(MODEL_PACKAGE_TAG) != arn:  # those of a deployment that was taken back
            return Live(arn=arn)
        return Live(arn=arn, metadata={key: tags.get(f"mlops:{key}", "") for key in _TAGS})


def with_served(
    sagemaker: Any, versions: Sequence[Version], live: Mapping[str, Live]
) -> list[Version]:
    """The versions, with those that are served and not among them, since old or deleted."""
    found = list(versions)
    for seen in live.values():
        if seen.arn and find(seen.arn, found) is None:
            deleted = Version(seen.arn, DELETED, seen.metadata)
            found.append(find_version(sagemaker, seen.arn) or deleted)
    return found


def told(stages: Sequence[StageStatus]) -> str:
    """Lay the stages out as Markdown that also reads well as text, with what is to be said."""
    head = ("stage", "version", "since", "approved by", "commit", "last run")
    lines = [line for stage in stages for line in _lines(stage)]
    return "\n\n".join([lay_out([head, *map(_row, stages)]), *lines])


def _lines(stage: StageStatus) -> Iterator[str]:
    if stage.attention:
        yield f"{stage.stage} needs attention: {stage.attention}"
    for note in stage.notes:
        yield f"{stage.stage}, version {note.version}, {note.status}: {note.sentence}"
    if stage.not_seen:
        yield f"{stage.stage} is as the registry shows it, not as seen there: {stage.not_seen}"


def _row(stage: StageStatus) -> tuple[str, ...]:
    version, run = stage.version, stage.last_run
    if version and stage.approval != APPROVED:
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
    settings = load_stages(STAGES_FILE, project)
    with aws_errors_explained("reach AWS"):
        sagemaker, cloudformation = (
            boto3.client(service, region_name=project.aws_region)
            for service in ("sagemaker", "cloudformation")
        )
    group = project.model_package_group_name
    registered = list(read_versions(sagemaker, group, _MOST_VERSIONS))
    endpoints = Endpoints(cloudformation, sagemaker, project, settings)
    listed = [stage.name for stage in settings.stages]
    # In the order in which a model passes them, then what is no longer listed.
    names = dict.fromkeys([*listed, *project.stage_names])
    live = {name: endpoints.look(name) for name in names}
    versions = with_served(sagemaker, registered, live)
    stages = all_stages(listed, versions, live)
    print(as_json(stages) if options.json else told(stages))
