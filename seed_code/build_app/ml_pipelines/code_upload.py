"""Puts the scripts of a step into the artifact bucket under a key made of their content.

The same scripts always have the same address, so the pipeline's definition does not change from
build to build and a step whose scripts are unchanged is found in the cache. Packages that travel
with them count by the lock file that decides their bytes: an address asks no package index.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml_pipelines.vendored_packages import REQUIREMENTS, Requirements

ARCHIVE = "sourcedir.tar.gz"
PACKAGES_ARCHIVE = "packages.tar.gz"


@dataclass(frozen=True)
class CodeFolder:
    """The scripts of one step and the S3 folder they belong in.

    Attributes:
        scripts: by name.
        requirements: what the scripts need beside the image's packages.
        is_packed: whether all of it becomes the one archive that a training image unpacks.
    """

    scripts: Mapping[str, bytes]
    bucket: str
    prefix: str
    requirements: Requirements | None = None
    is_packed: bool = False

    @property
    def uri(self) -> str:
        """The folder's address, without a trailing slash."""
        return f"s3://{self.bucket}/{self.prefix}"

    def objects(self) -> Mapping[str, bytes]:
        """What belongs in the folder; fetches the packages.

        Raises:
            SettingsError: they cannot be had.
        """
        packages = {} if self.requirements is None else self.requirements.files
        if self.is_packed:
            return {ARCHIVE: _packed({**self.scripts, **packages})}
        if packages:
            return {**self.scripts, PACKAGES_ARCHIVE: _packed(packages)}
        return self.scripts

    def upload(self, objects: Mapping[str, bytes], s3: Any, *, kms_key_arn: str) -> None:
        """Write what belongs in the folder, encrypted with the project's key."""
        for name, content in objects.items():
            s3.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}/{name}",
                Body=content,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=kms_key_arn,
            )


def code_archive(
    files: Sequence[Path], requirements: Requirements | None = None, *, bucket: str, parent: str
) -> CodeFolder:
    """Address scripts as the one archive that a training image unpacks."""
    scripts = _read(files)
    prefix = _prefix(parent, {ARCHIVE: _packed(scripts)}, requirements)
    return CodeFolder(scripts, bucket, prefix, requirements, is_packed=True)


def code_folder(
    files: Sequence[Path], requirements: Requirements | None = None, *, bucket: str, parent: str
) -> CodeFolder:
    """Address scripts by the SHA-256 of their names and contents."""
    scripts = _read(files)
    return CodeFolder(scripts, bucket, _prefix(parent, scripts, requirements), requirements)


def _read(files: Sequence[Path]) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(files)}


def _packed(files: Mapping[str, bytes]) -> bytes:
    """An archive whose bytes depend on the files alone."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as zipped,
        tarfile.open(mode="w", fileobj=zipped) as tar,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o644
            tar.addfile(member, io.BytesIO(files[name]))
    return packed.getvalue()


def _prefix(parent: str, files: Mapping[str, bytes], requirements: Requirements | None) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    if requirements is not None:
        digest.update(f"{REQUIREMENTS}\0{requirements.digest}\n".encode())
    return f"{parent}/code/{digest.hexdigest()}"
