"""Puts the scripts of a step into the artifact bucket under a key made of their content.

The same scripts always have the same address, so the pipeline's definition does not change from
build to build and a step whose scripts are unchanged is found in the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class CodeFolder:
    """The scripts of one step and the S3 folder they belong in."""

    files: tuple[Path, ...]
    bucket: str
    prefix: str

    @property
    def uri(self) -> str:
        """The folder's address, without a trailing slash."""
        return f"s3://{self.bucket}/{self.prefix}"

    def upload(self, s3: Any, *, kms_key_arn: str) -> None:
        """Write all scripts, encrypted with the project's key."""
        for file in self.files:
            s3.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}/{file.name}",
                Body=file.read_bytes(),
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=kms_key_arn,
            )


def code_folder(files: Sequence[Path], *, bucket: str, parent: str) -> CodeFolder:
    """Address scripts by the SHA-256 of their names and contents."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.name}\0{content}\n".encode())
    return CodeFolder(tuple(sorted(files)), bucket, f"{parent}/code/{digest.hexdigest()}")
