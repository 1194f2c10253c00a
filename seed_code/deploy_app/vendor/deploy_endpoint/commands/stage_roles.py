"""Print the roles that a job of a stage takes, as KEY=value lines.

`PROJECT_ROLE_ARN` is in the project's account: it reads the model and reports, so it is printed
even if the settings of the stages are refused or no longer list the stage. A stage with an
account of its own has `STAGE_ROLE_ARN` there, which changes the stage.
"""

import argparse
import os

from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import (
    STAGES_FILE,
    load_stages,
    stage_name,
)


def stage_role(project: ProjectSettings, stage: StageSettings | None) -> str:
    """ARN of the role in a stage's own account; empty if it has none or is not listed."""
    if stage is None or not project.is_foreign(stage):
        return ""
    return project.workflow_role_arn(stage)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    name = stage_name(options.stage, project)
    print(f"PROJECT_ROLE_ARN={project.reading_role_arn(name)}")
    role = stage_role(project, load_stages(STAGES_FILE, project).find(name))
    if role:
        print(f"STAGE_ROLE_ARN={role}")
