"""Repositories of images that projects may run, as the setting `IMAGE_REPOSITORIES` names them.

With commas between them, each is the address of a repository of ECR without a tag or digest, such
as `111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/models`. AWS's own images need no word.
"""

import re
from dataclasses import dataclass

from mlops_sm_project_template.config.refused_values import RefusedValueError, split_items

# The names that ECR takes: https://docs.aws.amazon.com/AmazonECR/latest/APIReference
_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_ADDRESS = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?"
    rf"/(?P<name>{_PART}(?:/{_PART})*)"
)
_SHORTEST_NAME, _LONGEST_NAME = 2, 256


class ImageRepositoryError(RefusedValueError):
    """A repository is malformed; the message names it and the remedy."""


@dataclass(frozen=True)
class ImageRepository:
    """A repository of ECR in the region of the registration.

    Attributes:
        address: as it was given.
        account: that owns it.
    """

    address: str
    account: str
    name: str


def parse_repositories(text: str, *, region: str) -> tuple[ImageRepository, ...]:
    """Read the setting; a repository that stands there twice counts once.

    Args:
        text: what the setting says.
        region: of the registration. SageMaker pulls images of its own region alone.

    Raises:
        ImageRepositoryError: it is not what the module says; correct the one that is named.
    """
    return tuple(dict.fromkeys(_parse(item, region) for item in split_items(text)))


def _parse(address: str, region: str) -> ImageRepository:
    found = _ADDRESS.fullmatch(address)
    if found is None or not _SHORTEST_NAME <= len(found["name"]) <= _LONGEST_NAME:
        raise ImageRepositoryError(
            f"{address!r} is not the address of a repository without tag and digest, such as "
            f"111122223333.dkr.ecr.{region}.amazonaws.com/team/models"
        )
    if found["region"] != region:
        raise ImageRepositoryError(
            f"{address} is in {found['region']}, but SageMaker pulls images of {region} alone"
        )
    return ImageRepository(address, found["account"], found["name"])
