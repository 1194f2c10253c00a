"""What the commands have in common."""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ml_pipelines.settings import (
    ROOT,
    PipelineSettings,
    Project,
    SettingsError,
    read_pipeline_settings,
    read_project,
)

DEFAULT_MODULE = "ml_pipelines.training.pipeline"
# A pipeline that declares this parameter is told the commit that each execution is of.
COMMIT_PARAMETER = "CommitId"


def command_parser(name: str, *, description: str, examples: str) -> argparse.ArgumentParser:
    """Begin a command."""
    return argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_project_file(parser: argparse.ArgumentParser) -> None:
    """Add the argument that chooses the project."""
    parser.add_argument(
        "--project-file", type=Path, default=ROOT / "project.env", help="default: project.env"
    )


def add_settings_file(parser: argparse.ArgumentParser) -> None:
    """Add the argument that chooses the pipeline's settings."""
    parser.add_argument(
        "--settings-file", type=Path, default=ROOT / "pipeline.toml", help="default: pipeline.toml"
    )


def pipeline_parser(name: str, *, description: str, examples: str) -> argparse.ArgumentParser:
    """Begin a command with the arguments that choose the pipeline and its project."""
    parser = command_parser(name, description=description, examples=examples)
    parser.add_argument(
        "-n",
        "--module-name",
        default=DEFAULT_MODULE,
        help=f"module with get_pipeline and code_folders (default {DEFAULT_MODULE})",
    )
    parser.add_argument(
        "-kwargs",
        "--kwargs",
        default="{}",
        help="project settings that replace those of project.env, as a JSON object",
    )
    add_project_file(parser)
    add_settings_file(parser)
    return parser


def run_command(
    parser: argparse.ArgumentParser,
    argv: list[str] | None,
    work: Callable[[argparse.Namespace], int],
    refusals: tuple[type[Exception], ...] = (),
) -> int:
    """Return the exit code of a command's work; what is refused ends in one sentence and 1.

    Args:
        parser: of the command.
        argv: its arguments; None: those of the process.
        work: what it does.
        refusals: what it raises, besides `SettingsError`, with a sentence for its user.
    """
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    warnings.simplefilter("ignore", UserWarning)
    refused: tuple[type[Exception], ...] = (SettingsError, *refusals)
    try:
        return work(arguments)
    except refused as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"{parser.prog}: AWS refused: {error}", file=sys.stderr)
    return 1


def read_settings(arguments: argparse.Namespace) -> tuple[Project, PipelineSettings]:
    """Read both settings files as the arguments say.

    Raises:
        SettingsError: a setting is missing or refused, or `--kwargs` is not a JSON object.
    """
    kwargs = parse_json(arguments.kwargs, option="--kwargs")
    if not isinstance(kwargs, dict):
        raise SettingsError('--kwargs must be a JSON object, such as \'{"PIPELINE_NAME": "x"}\'.')
    environment = {**os.environ, **{str(name): str(value) for name, value in kwargs.items()}}
    project = read_project(arguments.project_file, environment)
    return project, read_pipeline_settings(arguments.settings_file)


def parse_json(text: str, *, option: str) -> Any:
    """Parse the JSON value of an option.

    Raises:
        SettingsError: it is not JSON.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{option} is not JSON: {error}.") from error


def import_pipeline_module(name: str, project: Project) -> ModuleType:
    """Import a pipeline module, having told the SageMaker SDK what it needs before its import.

    It wants a region; it must not report usage; and it need not look into IAM for what the role
    may do: the project's template made that role.

    Raises:
        SettingsError: there is no such module, or it builds no pipeline.
    """
    os.environ.setdefault("AWS_DEFAULT_REGION", project.AWS_REGION)
    os.environ.setdefault("SAGEMAKER_VALIDATE_ROLE", "false")
    os.environ.setdefault(
        "SAGEMAKER_USER_CONFIG_OVERRIDE", str(Path(__file__).with_name("sdk_config.yaml"))
    )
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            raise SettingsError(
                f"there is no module {name}; the default is {DEFAULT_MODULE}."
            ) from error
        raise
    for function in ("get_pipeline", "code_folders"):
        if not hasattr(module, function):
            raise SettingsError(f"module {name} has no {function}; see {DEFAULT_MODULE}.")
    return module
