"""Reads a seed bundle, a zip in S3, in memory and trusting nothing in it."""

import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from invocation.aws_errors import error_code, is_of_key, is_passing

MAX_BUNDLE_BYTES = 16 * 1024 * 1024
MAX_CONTENT_BYTES = 32 * 1024 * 1024
MAX_FILES = 2000
_EXECUTABLE = 0o100
_REMEDY = "deploy the registration stack again to publish a sound one, then launch again."
_KEY_REMEDY = "enable the KMS key of that bucket or let the function's role use it, then try again."


class SeedError(Exception):
    """The seed bundle is missing or not fit to be a repository's content.

    Args:
        is_passing: it may be read later, with nothing changed.
        remedy: what to do, if it is not to publish another one.
    """

    def __init__(
        self, bundle: str, why: str, *, is_passing: bool = False, remedy: str = _REMEDY
    ) -> None:
        self.is_passing = is_passing
        super().__init__(
            f"The seed bundle {bundle} {why}; {'try again.' if is_passing else remedy}"
        )


@dataclass(frozen=True)
class SeedFile:
    """One file of the repository to be."""

    path: str
    content: bytes
    is_executable: bool


def read_seed(s3: Any, bucket: str, key: str) -> list[SeedFile]:
    """Return the bundle's files in the order of their paths.

    Raises:
        SeedError: it cannot be read, is too large, or holds a path or a kind of file that
            must not get into a repository.
    """
    bundle = f"s3://{bucket}/{key}"
    try:
        stream = s3.get_object(Bucket=bucket, Key=key)["Body"]
        packed = stream.read(MAX_BUNDLE_BYTES + 1)
    except ClientError as error:
        code = error_code(error) or "unknown error"
        raise SeedError(
            bundle,
            f"cannot be read (S3 answered {code})",
            is_passing=is_passing(error),
            remedy=_KEY_REMEDY if is_of_key(error) else _REMEDY,
        ) from None
    except BotoCoreError as error:
        why = f"cannot be read ({type(error).__name__})"
        raise SeedError(bundle, why, is_passing=True) from None
    if len(packed) > MAX_BUNDLE_BYTES:
        raise SeedError(bundle, f"is larger than {MAX_BUNDLE_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = list(_files(archive, bundle))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise SeedError(bundle, f"is not a sound zip file ({error})") from None
    if not files:
        raise SeedError(bundle, "is empty")
    return sorted(files, key=lambda file: file.path)


def _files(archive: zipfile.ZipFile, bundle: str) -> Iterator[SeedFile]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise SeedError(bundle, f"holds more than {MAX_FILES} files")
    left_bytes = MAX_CONTENT_BYTES
    seen: set[str] = set()
    for entry in entries:
        mode = entry.external_attr >> 16
        if not _is_safe(entry.filename) or entry.filename in seen:
            raise SeedError(bundle, f"holds the unsafe or repeated path {entry.filename!r}")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise SeedError(bundle, f"holds {entry.filename!r}, which is not a plain file")
        seen.add(entry.filename)
        # Never trust the size in the directory: read what is there, up to the limit.
        with archive.open(entry) as packed:
            content = packed.read(left_bytes + 1)
        left_bytes -= len(content)
        if left_bytes < 0:
            raise SeedError(bundle, f"unpacks to more than {MAX_CONTENT_BYTES} bytes")
        yield SeedFile(entry.filename, content, bool(mode & _EXECUTABLE))


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return (
        path.isprintable()
        and "\\" not in path
        and ":" not in parts[0]
        and all(part not in ("", ".", "..") for part in parts)
        and all(part.lower() != ".git" for part in parts)
    )
