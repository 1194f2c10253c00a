"""The properties of `Custom::CatalogProduct`, parsed at the edge."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cloudformation_response.properties import PropertyError, matching, text

_RELEASE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
# CDK names what it uploads by the digest of its content.
_FILE = re.compile(r"([0-9a-f]{64})\.(json|zip)")
_DIGITS = 12


@dataclass(frozen=True)
class SourceFile:
    """A file that the registration uploaded, named by the digest of its content."""

    bucket: str
    key: str

    @property
    def digest(self) -> str:
        """SHA-256 that the name tells."""
        return self.key.partition(".")[0]


@dataclass(frozen=True)
class ProductRequest:
    """What is to be published.

    Attributes:
        distributor: by which the product is found again, whatever its name.
        tags: of the product.
        template: of the version, in S3 at `template_host`.
        files: what the template names, its seed bundles.
        bucket: keeps the template and the files.
    """

    distributor: str
    name: str
    owner: str
    description: str
    tags: Mapping[str, str]
    release: str
    template: SourceFile
    template_host: str
    files: tuple[SourceFile, ...]
    bucket: str

    @property
    def version(self) -> str:
        """Name of the version: the release, and what tells its content."""
        return f"{self.release}-{self.template.digest[:_DIGITS]}"

    @property
    def template_url(self) -> str:
        """Address of the kept template."""
        return f"https://{self.template_host}/{self.bucket}/{self.template.key}"


def parse_product(properties: Mapping[str, Any]) -> ProductRequest:
    """Check and type the properties.

    Raises:
        PropertyError: naming the property.
    """
    address = urlsplit(text(properties, "TemplateUrl"))
    bucket, _, key = address.path.lstrip("/").partition("/")
    files = properties.get("Files")
    tags = properties.get("Tags")
    if not isinstance(files, list) or not isinstance(tags, dict):
        raise PropertyError("Files or Tags", "is missing")
    return ProductRequest(
        distributor=text(properties, "Distributor"),
        name=text(properties, "Name"),
        owner=text(properties, "Owner"),
        description=text(properties, "Description"),
        tags={str(key): str(value) for key, value in tags.items()},
        release=matching(properties, "Release", _RELEASE),
        template=_file("TemplateUrl", {"Bucket": bucket, "Key": key}),
        template_host=address.netloc,
        files=tuple(_file("Files", file) for file in files),
        bucket=text(properties, "Bucket"),
    )


def _file(name: str, place: Any) -> SourceFile:
    if not isinstance(place, dict):
        raise PropertyError(name, "must hold a Bucket and a Key each")
    bucket, key = text(place, "Bucket"), text(place, "Key")
    if not _FILE.fullmatch(key):
        raise PropertyError(name, f"must name files by their SHA-256, not {key!r}")
    return SourceFile(bucket, key)
