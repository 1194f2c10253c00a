"""The release of this template, which its versions in Service Catalog begin with."""

import tomllib
from pathlib import Path

_PROJECT_FILE = Path(__file__).resolve().parents[2] / "pyproject.toml"


def read_release(project_file: Path = _PROJECT_FILE) -> str:
    """Return the version that the project gives itself."""
    with project_file.open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
