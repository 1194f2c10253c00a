"""Print the names of the stages in order, one a line, for the loops of a workflow."""

import os
import sys
from pathlib import Path

from deploy_endpoint.errors import DeployError
from deploy_endpoint.project_settings import load_project
from deploy_endpoint.stage_settings import STAGES_FILE, load_stages


def main() -> None:
    """Run the command."""
    try:
        stages = load_stages(STAGES_FILE, load_project(Path("project.env"), os.environ))
    except DeployError as error:
        sys.exit(f"error: {error}")
    print(*(stage.name for stage in stages.stages), sep="\n")


if __name__ == "__main__":
    main()
