"""Print the roles that a job of a stage takes, as KEY=value lines.

`PROJECT_ROLE_ARN` is in the project's account: it reads the model and reports, so it is printed
even if the settings of the stages are refused or no longer list the stage. A stage with an
account of its own has `STAGE_ROLE_ARN` there, which changes the stage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy_endpoint.errors import DeployError, hand_on
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage_settings import (
    DEFAULT_STAGE,
    STAGES_FILE,
    StageSettings,
    load_stages,
    stage_name,
)


def stage_role(project: ProjectSettings, stage: StageSettings | None) -> str:
    """ARN of the role in a stage's own account; empty if it has none or is not listed."""
    if stage is None or not project.is_foreign(stage):
        return ""
    return project.workflow_role_arn(stage)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="stage_roles", description=__doc__)
    parser.add_argument("--stage", default=os.environ.get("STAGE") or DEFAULT_STAGE)
    options = parser.parse_args(arguments)
    try:
        project = load_project(Path("project.env"), os.environ)
        name = stage_name(options.stage)
        print(f"PROJECT_ROLE_ARN={project.reading_role_arn(name)}")
        role = stage_role(project, load_stages(STAGES_FILE, project).find(name))
    except DeployError as error:
        hand_on("reason", str(error))
        sys.exit(f"error: {error}")
    if role:
        print(f"STAGE_ROLE_ARN={role}")


if __name__ == "__main__":
    main()
