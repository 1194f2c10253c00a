"""An image of one's own in a play: the environment and the settings that stand for it."""

import re
from pathlib import Path

from rehearsal.aws.sagemaker.images import OWN_IMAGES
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.errors import ImageError

# Nobody pushed it, so that it has none.
_DIGEST = 64 * "0"
_FRAMEWORK = re.compile(r"^framework = .*\nversion = .*\n", re.MULTILINE)
_HYPERPARAMETERS = re.compile(r"^\[algorithm\.hyperparameters\]\n(?:[^\[\n].*\n|\n)*", re.MULTILINE)


def repository(name: str) -> str:
    """Address of the repository of that name, in the project's account."""
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}"


def check_image(root: Path, name: str) -> None:
    """Look for the environment.

    Raises:
        ImageError: it is not there, or lacks a program.
    """
    folder = root / ".images" / OWN_IMAGES / name
    for program in ("python", "train", "serve"):
        if not (folder / "bin" / program).is_file():
            raise ImageError(
                f"There is no {folder}/bin/{program}; put a Python environment with the programs "
                "train and serve there, or a link to one, to stand for the image."
            )


def with_image(pipeline_toml: str, name: str) -> str:
    """Settings whose algorithm is an image, for a framework's; a script of theirs stays.

    Without script the image's own hyperparameters count, not those of XGBoost.
    """
    image = f'image = "{repository(name)}@sha256:{_DIGEST}"\n'
    changed = _FRAMEWORK.sub(image, pipeline_toml, count=1)
    if re.search(r"^script = ", changed, re.MULTILINE):
        return changed
    return _HYPERPARAMETERS.sub("[algorithm.hyperparameters]\n\n", changed, count=1)
