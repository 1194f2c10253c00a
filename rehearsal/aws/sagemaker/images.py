"""Container images: which Python environment and which programs stand for an image URI."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.settings import SageMakerSettings

# Folder of Python environments that stand for images of one's own, below that of AWS's.
OWN_IMAGES = "own"
_REGISTRY = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+/([^:@]+)")
_PULL = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")


@dataclass(frozen=True)
class KnownImage:
    """One of AWS's images, as the tables of the SageMaker SDK name it.

    Args:
        folder: of its programs.
        version: what its tags begin with.
        environment: folder of its Python.
        target: of `make`, installs its Python.
    """

    folder: str
    version: str
    environment: str
    target: str


_KNOWN = {
    "sagemaker-xgboost": KnownImage("xgboost", "3.2-0", "xgboost", "setup"),
    "sagemaker-scikit-learn": KnownImage("scikit_learn", "1.9-0", "scikit-learn", "scikit-learn"),
}


class ImagePullError(Exception):
    """No local environment stands for the image; add one, or use an image that has one."""


@dataclass(frozen=True)
class Image:
    """What runs in place of a container image.

    Args:
        python: the interpreter of the environment.
        programs: folder with `train.py` and `serve.py`; None: `train` and `serve` are programs of
            the environment, as they are in an image, and the second listens on its port.
    """

    python: Path
    programs: Path | None = None

    def command(self, program: str) -> list[str]:
        """What starts `train` or `serve` of the image."""
        if self.programs is None:
            return [str(self.python.with_name(program))]
        start = self.programs.parent / "start.py"
        return [str(self.python), str(start), self.programs.name, program]


def pull_image(uri: str, role_arn: str, access: Access, settings: SageMakerSettings) -> Image:
    """The local stand-in of an image that a role may pull.

    Source: SageMaker developer guide, "CreateProcessingJob API: Execution Role Permissions".

    Raises:
        ImagePullError: there is none, or the role may not.
    """
    image = find_image(uri, settings)
    registry = _REGISTRY.match(uri)
    if registry is None:
        return image
    account, region, repository = registry.groups()
    questions = [("ecr:GetAuthorizationToken", "*")]
    arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
    questions += [(f"ecr:{action}", arn) for action in _PULL]
    for action, resource in questions:
        refused = access.refused(role_arn, action, resource)
        if refused:
            raise ImagePullError(f"Cannot pull image {uri}: {refused}; allow it in the role.")
    return image


def find_image(uri: str, settings: SageMakerSettings) -> Image:
    """The local stand-in of an image.

    Raises:
        ImagePullError: worded like a failed pull, naming the image and the remedy.
    """
    repository, _, tag = uri.rsplit("/", 1)[-1].partition(":")
    known = _KNOWN.get(repository)
    if known is None:
        return _find_own_image(uri, settings)
    if not f"{tag}-".startswith(f"{known.version}-"):
        raise _unknown(uri)
    python = settings.images_dir / known.environment / "bin" / "python"
    if not python.exists():
        raise ImagePullError(
            f"Cannot pull image {uri}: its environment {python.parent.parent} is missing; "
            f"`make {known.target}` installs it."
        )
    return Image(python=python, programs=settings.containers_dir / known.folder)


def _find_own_image(uri: str, settings: SageMakerSettings) -> Image:
    """What somebody put into the folder of a repository's name, whichever version is asked for."""
    registry = _REGISTRY.match(uri)
    if registry is None:
        raise _unknown(uri, "; it is of no repository of ECR")
    folder = settings.images_dir / OWN_IMAGES / registry[3]
    python = folder / "bin" / "python"
    if not python.exists():
        raise _unknown(uri, f"; a Python environment at {folder} would stand for one of your own")
    return Image(python=python)


def _unknown(uri: str, more: str = "") -> ImagePullError:
    names = ", ".join(f"{name}:{one.version}" for name, one in _KNOWN.items())
    return ImagePullError(
        f"Cannot pull image {uri}: the rehearsal has no local environment for it; it has {names}"
        f"{more}."
    )
