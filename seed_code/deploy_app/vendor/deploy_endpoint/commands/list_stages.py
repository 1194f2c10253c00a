"""Print the names of the stages in order, one a line, for the loops of a workflow."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy_endpoint.errors import DeployError
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    argparse.ArgumentParser(prog="list_stages", description=__doc__).parse_args(arguments)
    try:
        stages = load_stages(STAGES_FILE, load_project(Path("project.env"), os.environ))
    except DeployError as error:
        sys.exit(f"error: {error}")
    print(*(stage.name for stage in stages.stages), sep="\n")


if __name__ == "__main__":
    main()
