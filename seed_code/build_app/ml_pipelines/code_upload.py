"""Puts the scripts of a step into the artifact bucket under a key made of their content.

The same scripts always have the same address, so the pipeline's definition does not change from
build to build and a step whose scripts are unchanged is found in the cache.
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

ARCHIVE = "sourcedir.tar.gz"


@dataclass(frozen=True)
class CodeFolder:
    """The scripts of one step and the S3 folder they belong in."""

    files: Mapping[str, bytes]
    bucket: str
    prefix: str

    @property
    def uri(self) -> str:
        """The folder's address, without a trailing slash."""
        return f"s3://{self.bucket}/{self.prefix}"

    def upload(self, s3: Any, *, kms_key_arn: str) -> None:
        """Write all scripts, encrypted with the project's key."""
        for name, content in self.files.items():
            s3.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}/{name}",
                Body=content,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=kms_key_arn,
            )


def code_archive(files: Sequence[Path], *, bucket: str, parent: str) -> CodeFolder:
    """Address scripts as the one archive that a training image unpacks.

    The archive's bytes depend on the scripts alone, and so does its address.
    """
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as zipped,
        tarfile.open(mode="w", fileobj=zipped) as tar,
    ):
        for file in sorted(files):
            content = file.read_bytes()
            member = tarfile.TarInfo(file.name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return _folder({ARCHIVE: packed.getvalue()}, bucket, parent)


def code_folder(files: Sequence[Path], *, bucket: str, parent: str) -> CodeFolder:
    """Address scripts by the SHA-256 of their names and contents."""
    return _folder({file.name: file.read_bytes() for file in sorted(files)}, bucket, parent)


def _folder(files: Mapping[str, bytes], bucket: str, parent: str) -> CodeFolder:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return CodeFolder(files, bucket, f"{parent}/code/{digest.hexdigest()}")
