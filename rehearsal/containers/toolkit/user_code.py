"""Puts the submitted code where the container runs it.

Imitates `download_and_extract` of sagemaker-containers 2.8.6 and sagemaker-training 4.8.0. The code
of S3 is refused: what isolates a container from networks keeps both toolkits from fetching it too.
"""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path


class CodeInS3Error(Exception):
    """The code is at an S3 address, which an isolated container cannot reach."""


def put_in_place(submitted: str, code: Path) -> None:
    """Copy a folder or file, or unpack an archive, to the container's code folder.

    Raises:
        CodeInS3Error: it is an S3 address.
        OSError: it is nowhere.
        tarfile.TarError: an archive is none that gzip compressed.
    """
    if submitted.startswith("s3://"):
        raise CodeInS3Error(
            f"{submitted} cannot be fetched: an isolated container has no network; name a folder "
            "or an archive of a channel, such as /opt/ml/input/data/code/sourcedir.tar.gz."
        )
    source = Path(submitted)
    if source == code:
        return
    shutil.rmtree(code, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, code)
        return
    code.mkdir(parents=True)
    if tarfile.is_tarfile(source):
        with tarfile.open(source, "r:gz") as archive:
            # The code that is unpacked runs with all rights of whoever unpacks it.
            archive.extraction_filter = lambda member, _: member
            archive.extractall(code)  # noqa: S202
    else:
        shutil.copy2(source, code)
