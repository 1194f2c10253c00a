"""Command `run-pipeline`: upload the code, create or update the pipeline, start an execution.

It does not wait: a training can outlast the credentials of the workflow that starts it. Its
outcome appears as a status on the commit, which the execution's description names.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ml_pipelines.clients import Clients
from ml_pipelines.command_line import (
    COMMIT_PARAMETER,
    import_pipeline_module,
    parse_json,
    pipeline_parser,
    read_settings,
    run_command,
)
from ml_pipelines.execution_parameters import (
    check_parameters,
    declared_parameters,
    read_parameters,
)
from ml_pipelines.live_version import ARN_PARAMETER, LiveVersionError, live_parameters
from ml_pipelines.settings import PipelineSettings, Project, SettingsError

EXAMPLES = """examples:
  run-pipeline                                  settings from project.env and pipeline.toml
  run-pipeline --wait                           stay until the execution has ended
  run-pipeline --parameters '{"MetricThreshold": 5.5, "InputDataUrl": "s3://my-bucket/new.csv"}'
  run-pipeline --module-name ml_pipelines.training.pipeline \\
      --role-arn arn:aws:iam::111122223333:role/my-execution-role \\
      --tags '[{"Key": "team", "Value": "shellfish"}]' \\
      --kwargs '{"PIPELINE_NAME": "trial"}'
"""
RUNNING = ("Executing", "Stopping")
POLL_SECONDS = 15


def upsert(
    sagemaker: Any, *, name: str, definition: str, role_arn: str, tags: list[dict[str, str]]
) -> tuple[str, int]:
    """Create the pipeline, or update the one of that name.

    Returns:
        Its ARN, and the version that has this definition. Only an update tells a version, so a new
        pipeline is updated at once.
    """
    try:
        arn = sagemaker.describe_pipeline(PipelineName=name)["PipelineArn"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ResourceNotFound", "ResourceNotFoundException"):
            raise
        arn = sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=definition, RoleArn=role_arn, Tags=tags
        )["PipelineArn"]
    else:
        sagemaker.add_tags(ResourceArn=arn, Tags=tags)
    updated = sagemaker.update_pipeline(
        PipelineName=name, PipelineDefinition=definition, RoleArn=role_arn
    )
    return str(arn), int(updated["PipelineVersionId"])


def with_commit(parameters: dict[str, str], definition: str, commit: str | None) -> dict[str, str]:
    """Add the commit to an execution's parameters, if the pipeline declares one for it."""
    if commit is None or COMMIT_PARAMETER not in declared_parameters(definition):
        return parameters
    return {COMMIT_PARAMETER: commit, **parameters}


def with_live_version(
    parameters: dict[str, str], definition: str, look_up: Callable[[], dict[str, str]]
) -> dict[str, str]:
    """Add the live version to an execution's parameters, if it is declared and not given."""
    if ARN_PARAMETER in parameters or ARN_PARAMETER not in declared_parameters(definition):
        return parameters
    return {**look_up(), **parameters}


def start(
    sagemaker: Any, *, name: str, version: int, commit: str | None, parameters: dict[str, str]
) -> str:
    """Start an execution of a version, in which it names its commit; return its ARN.

    Another build may have updated the pipeline meanwhile.
    """
    request: dict[str, Any] = {
        "PipelineName": name,
        "PipelineVersionId": version,
        "PipelineParameters": [{"Name": key, "Value": value} for key, value in parameters.items()],
    }
    if commit:
        request["PipelineExecutionDescription"] = f"Commit {commit}"
    return str(sagemaker.start_pipeline_execution(**request)["PipelineExecutionArn"])


def wait_until_ended(sagemaker: Any, arn: str, sleep: Callable[[float], None] = time.sleep) -> str:
    """Poll an execution until it is over; return its status and, if it failed, why."""
    while True:
        execution = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
        status = str(execution["PipelineExecutionStatus"])
        if status not in RUNNING:
            return f"{status}: {execution['FailureReason']}" if status == "Failed" else status
        sleep(POLL_SECONDS)


def project_tags(project: Project, extra: str) -> list[dict[str, str]]:
    """Return the project's tags and those of `--tags`.

    Raises:
        SettingsError: `--tags` is not a JSON list of Key and Value.
    """
    given = parse_json(extra, option="--tags")
    if not isinstance(given, list) or any(
        not isinstance(tag, dict) or set(tag) != {"Key", "Value"} for tag in given
    ):
        raise SettingsError('--tags must be a JSON list such as \'[{"Key": "a", "Value": "b"}]\'.')
    return [*project.tags, *given]


def commit_sha(given: str | None) -> str | None:
    """Return the commit to name, from `--commit` or the workflow's GITHUB_SHA.

    Raises:
        SettingsError: it is not a full commit hash.
    """
    commit = given or os.environ.get("GITHUB_SHA")
    if commit and not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise SettingsError(f"commit '{commit}' is not 40 hexadecimal digits; see git rev-parse.")
    return commit or None


def run(arguments: argparse.Namespace, connect: Callable[[str], Clients]) -> int:
    """Build, upload, create or update, and start."""
    project, settings = read_settings(arguments)
    tags = project_tags(project, arguments.tags)
    given = read_parameters(arguments.parameters)
    commit = commit_sha(arguments.commit)
    module = import_pipeline_module(arguments.module_name, project)
    definition = _definition(module, project, settings)
    parameters = check_parameters(given, definition, settings)
    # Packages that cannot be had are refused here, before AWS is asked anything.
    code = [(folder, folder.objects()) for folder in module.code_folders(project, settings)]
    clients = connect(project.AWS_REGION)
    parameters = with_commit(parameters, definition, commit)
    parameters = with_live_version(
        parameters, definition, lambda: live_parameters(clients, project)
    )
    for folder, objects in code:
        folder.upload(objects, clients.s3, kms_key_arn=project.KMS_KEY_ARN)
    role_arn = arguments.role_arn or project.EXECUTION_ROLE_ARN
    name = project.PIPELINE_NAME
    pipeline_arn, version = upsert(
        clients.sagemaker, name=name, definition=definition, role_arn=role_arn, tags=tags
    )
    print(f"pipeline: {pipeline_arn}")
    execution = start(
        clients.sagemaker, name=name, version=version, commit=commit, parameters=parameters
    )
    print(f"execution: {execution}", flush=True)
    if not arguments.wait:
        return 0
    status = wait_until_ended(clients.sagemaker, execution)
    print(f"status: {status}")
    return 0 if status == "Succeeded" else 1


def _definition(module: Any, project: Project, settings: PipelineSettings) -> str:
    return str(module.get_pipeline(project, settings).definition())


def main(
    argv: list[str] | None = None, connect: Callable[[str], Clients] = Clients.for_region
) -> int:
    """Run the pipeline."""
    parser = pipeline_parser(
        "run-pipeline",
        description="Create or update the SageMaker pipeline and start an execution.",
        examples=EXAMPLES,
    )
    parser.add_argument(
        "-role-arn", "--role-arn", help="execution role (default: EXECUTION_ROLE_ARN)"
    )
    parser.add_argument("-tags", "--tags", default="[]", help="more tags, as a JSON list")
    parser.add_argument(
        "--parameters", default="{}", help="pipeline parameters of this execution, as JSON"
    )
    parser.add_argument("--commit", help="commit that asks for it (default: GITHUB_SHA)")
    parser.add_argument("--wait", action="store_true", help="stay until the execution has ended")
    return run_command(
        parser, argv, lambda arguments: run(arguments, connect), refusals=(LiveVersionError,)
    )


if __name__ == "__main__":
    sys.exit(main())
