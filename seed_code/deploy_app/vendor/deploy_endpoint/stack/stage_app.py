"""Settings -> the stack of one stage -> synthesis."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App

from deploy_endpoint.errors import DeployError, SettingsError
from deploy_endpoint.model.approved_model import (
    ApprovedModel,
    parse_model_package,
    read_provenance,
)
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages
from deploy_endpoint.stack.endpoint_stack import EndpointStack


def build_app(
    stack: type[EndpointStack],
    root: Path,
    environment: Mapping[str, str],
    outdir: str | None = None,
) -> App:
    """Make the app of one stage from the files under `root` and the given environment."""
    app = App(analytics_reporting=False, tree_metadata=False, outdir=outdir)
    project = load_project(root / "project.env", environment)
    stages = load_stages(root / STAGES_FILE, project)
    stage = stages.stage(_input(app, environment, "stage"))
    stack(
        app,
        f"{stage.name.title()}Endpoint",
        project=project,
        stage=stage,
        model=ApprovedModel(
            package_arn=parse_model_package(_input(app, environment, "model_package_arn"), project),
            provenance=read_provenance(lambda key: _input(app, environment, key)),
        ),
    )
    return app


def synthesize(stack: type[EndpointStack], root: Path) -> None:
    """Write the template of the stage that the environment or the context names."""
    try:
        build_app(stack, root, os.environ).synth()
    except DeployError as error:
        sys.exit(f"error: {error}")


def _input(app: App, environment: Mapping[str, str], key: str) -> str:
    """Read one input from the CDK context or the environment; both only if they agree."""
    from_context = str(app.node.try_get_context(key) or "").strip()
    from_environment = environment.get(key.upper(), "").strip()
    if from_context and from_environment and from_context != from_environment:
        raise SettingsError(
            f"The context says {key}={from_context} and the environment says "
            f"{key.upper()}={from_environment}; give only one of them."
        )
    return from_context or from_environment
