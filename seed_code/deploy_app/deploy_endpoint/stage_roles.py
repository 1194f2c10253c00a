"""Print the roles that a job of a stage takes, as KEY=value lines.

`PROJECT_ROLE_ARN` is in the project's account: it reads the model and reports. A stage with an
account of its own has `STAGE_ROLE_ARN` there, which changes the stage.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy_endpoint.errors import DeployError
from deploy_endpoint.project_settings import ProjectSettings, load_project
from deploy_endpoint.stage_settings import DEFAULT_STAGE, STAGES_FILE, StageSettings, load_stages


def roles(project: ProjectSettings, stage: StageSettings) -> dict[str, str]:
    """ARNs of the roles, by the names of a step's outputs."""
    found = {"PROJECT_ROLE_ARN": project.reading_role_arn(stage)}
    if project.is_foreign(stage):
        found["STAGE_ROLE_ARN"] = project.workflow_role_arn(stage)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="stage_roles", description=__doc__)
    parser.add_argument("--stage", default=os.environ.get("STAGE") or DEFAULT_STAGE)
    options = parser.parse_args(arguments)
    try:
        project = load_project(Path("project.env"), os.environ)
        stage = load_stages(STAGES_FILE, project).stage(options.stage)
    except DeployError as error:
        sys.exit(f"error: {error}")
    print("\n".join(f"{name}={arn}" for name, arn in roles(project, stage).items()))


if __name__ == "__main__":
    main()
