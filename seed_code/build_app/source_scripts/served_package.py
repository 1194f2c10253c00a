"""The package of a model as it will be served: made, unpacked, loaded and asked here.

What is registered and what is evaluated is the same archive.
"""

from __future__ import annotations

import gzip
import importlib
import io
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import IO, Any, cast

import numpy as np
from fields import parse_number, shown
from model_input import Numbers
from models import MODELS
from records import write_records

SERVED_SCRIPTS = (
    "inference.py",
    "dataset.py",
    "fields.py",
    "model_input.py",
    "models.py",
    "records.py",
)
CODE = "code"
PACKAGES = "packages"
# A model is in memory as files and once more as loaded, in a job that may have 8 GiB.
LARGEST_MODEL_BYTES = 2 * 2**30
MOST_MODEL_FILES = 10_000
_TOO_LARGE = (
    f"the archive unpacks to more than {LARGEST_MODEL_BYTES >> 30} GiB or {MOST_MODEL_FILES} files"
)


class EvaluationError(RuntimeError):
    """The model cannot be packaged or evaluated; the message says why."""


class ArchiveError(EvaluationError):
    """An archive is none, or holds too much.

    Attributes:
        what: is wrong with it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}.")
        self.what = what


def read_model(archive: Path) -> dict[str, bytes]:
    """Return the files of the training job's `model.tar.gz`, by name.

    Raises:
        EvaluationError: the archive is missing, is none or holds no model.
    """
    if not archive.is_file():
        raise EvaluationError(f"{archive} does not exist; check the training step's output.")
    contents = read_archive(archive)
    files = {str(name): content for name, content in contents if name.parts[0] != CODE}
    if not any(name in files for name in MODELS):
        raise EvaluationError(
            f"{archive} holds neither {' nor '.join(map(repr, MODELS))}; check the training "
            "step's log."
        )
    return files


def read_archive(archive: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Read the files of any `model.tar.gz`, by names that lead nowhere else.

    Raises:
        ArchiveError: see there.
    """
    try:
        with gzip.open(archive) as unzipped:
            bounded = cast("IO[bytes]", _Bounded(unzipped))
            with tarfile.open(fileobj=bounded, mode="r|") as tar:
                yield from _contents(tar)
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        what = f"{archive} is no archive ({shown(str(error))})"
        raise ArchiveError(what, "check the training step's output") from error


class _Bounded:
    """A file of which no more is read than a model may have, however well it was packed."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._left = LARGEST_MODEL_BYTES

    def read(self, size: int) -> bytes:
        content = self._file.read(size)
        self._left -= len(content)
        if self._left < 0:
            raise ArchiveError(_TOO_LARGE, "make the model smaller")
        return content


def _contents(tar: tarfile.TarFile) -> Iterator[tuple[PurePosixPath, bytes]]:
    for count, member in enumerate(tar, 1):
        if count > MOST_MODEL_FILES or member.size > LARGEST_MODEL_BYTES:
            raise ArchiveError(_TOO_LARGE, "make the model smaller")
        name = PurePosixPath(member.name)
        content = tar.extractfile(member) if member.isfile() else None
        folders = name.parts or ("..",)
        if content is not None and ".." not in folders and folders[0] != "/":
            yield name, content.read()


def write_package(path: Path, files: dict[str, bytes]) -> None:
    """Write a gzipped tar whose bytes depend on nothing but the files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as zipped,
        tarfile.open(mode="w", fileobj=zipped) as tar,
    ):
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            member.mode = 0o644
            tar.addfile(member, io.BytesIO(files[name]))


def read_packages(archive: Path) -> dict[str, bytes]:
    """Return the files of `packages.tar.gz`, which `run-pipeline` packed beside the scripts."""
    if not archive.is_file():
        return {}
    with tarfile.open(archive) as tar:
        return {f"{CODE}/{name}": content for name, content in _members(tar)}


class ServedPackage:
    """A package that was unpacked and loaded as the container loads it."""

    def __init__(self, served: ModuleType, model: Any) -> None:
        self._served = served
        self._model = model

    @classmethod
    @contextmanager
    def open(cls, package: Path) -> Iterator[ServedPackage]:
        """Unpack a package for as long as it is asked."""
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(package) as tar:
                unpack(tar, Path(folder))
            # As in the container, where PYTHONPATH names it.
            packages = str(Path(folder) / CODE / PACKAGES)
            sys.path.insert(0, packages)
            try:
                served = import_served_code(Path(folder) / CODE)
                yield cls(served, served.model_fn(folder))
            finally:
                sys.path.remove(packages)

    def predict(self, rows: Sequence[Sequence[str]]) -> Numbers:
        """Predict raw records through the served functions.

        Returns:
            n predictions, or n x classes.

        Raises:
            EvaluationError: the served code refused the records, or answered no numbers.
        """
        answer = self._served.transform_fn(self._model, write_records(rows), "text/csv", "text/csv")
        if not isinstance(answer, tuple):
            raise EvaluationError(
                f"the served code refused the test records: {answer.get_data(as_text=True)}"
            )
        return read_predictions(answer[0], len(rows))


def read_predictions(text: str, count: int) -> Numbers:
    """Read what served code answered to so many records.

    Returns:
        n predictions, or n x classes.

    Raises:
        EvaluationError: it is something else.
    """
    lines = text.splitlines()
    if len(lines) != count:
        raise EvaluationError(
            f"{count} test records gave {len(lines)} predictions; "
            "transform_fn must answer one line per record."
        )
    table = [[_prediction(cell) for cell in line.split(",")] for line in lines]
    if len({len(row) for row in table}) != 1:
        raise EvaluationError("the served code answered lines of different lengths.")
    predictions = np.array(table)
    return predictions[:, 0] if predictions.shape[1] == 1 else predictions


def import_served_code(folder: Path) -> ModuleType:
    """Import `inference` from the unpacked package, as the container does."""
    for script in SERVED_SCRIPTS:
        sys.modules.pop(Path(script).stem, None)
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module("inference")
    finally:
        sys.path.remove(str(folder))


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of a package that this script made; any Python can do that."""
    write_files(_members(tar), folder)


def write_files(files: Iterable[tuple[str | PurePosixPath, bytes]], folder: Path) -> None:
    """Write the files of an archive, whose names lead nowhere else."""
    for name, content in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """The files of an archive that this repository made."""
    for member in tar:
        content = tar.extractfile(member)
        if content is not None:
            yield member.name, content.read()


def _prediction(line: str) -> float:
    try:
        return parse_number(line)
    except ValueError as error:
        raise EvaluationError(f"the prediction {shown(line)} {error}; see transform_fn.") from error
