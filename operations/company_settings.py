"""What a company sets for its registration, as the synthesis reads it: environment, then `.env`."""

import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from operations.bootstrap import DEFAULT_QUALIFIER

FOLDER = Path(__file__).resolve().parents[1]
QUALIFIER = "BOOTSTRAP_QUALIFIER"
# Those that the registration workflow hands on from the repository's variables.
VARIABLES = (
    QUALIFIER,
    "DATA_LOCATIONS",
    "IMAGE_REPOSITORIES",
    "JOBS_SUBNETS",
    "JOBS_SECURITY_GROUPS",
    "TAGS",
    "STUDIO_ROLES",
)


def read_settings(
    folder: Path = FOLDER, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Those of the variables that are set; what is empty counts as missing."""
    file = dotenv_values(folder / ".env")
    found = {name: environment.get(name) or file.get(name) or "" for name in VARIABLES}
    return {name: value for name, value in found.items() if value}


def qualifier_of(folder: Path = FOLDER, environment: Mapping[str, str] = os.environ) -> str:
    """The bootstrap by which the template is deployed."""
    return read_settings(folder, environment).get(QUALIFIER, DEFAULT_QUALIFIER)
