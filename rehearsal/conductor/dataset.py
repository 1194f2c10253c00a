"""The data file that the rehearsal puts where AWS keeps its public copy.

It is read by the rules of the build repository, whose pipeline reads it next.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from rehearsal.checkout import ROOT
from rehearsal.conductor.errors import DatasetError

_SEED = ROOT / "seed_code/build_app"


@cache
def seed_script(name: str) -> ModuleType:
    """A script of the build repository that needs the standard library alone."""
    folder = str(_SEED / "source_scripts")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)


@cache
def seed_dataset() -> Any:
    """What the build repository ships as its `dataset.toml`."""
    return seed_script("dataset").Dataset.parse((_SEED / "dataset.toml").read_bytes())


def read_dataset(path: Path) -> bytes:
    """Read a data file after checking that every record can be trained on.

    Raises:
        DatasetError: names the row and column; the file is not changed.
    """
    try:
        content = path.read_bytes()
        seed_script("records").read_records(content, seed_dataset().columns, source=str(path))
    except OSError as error:
        raise DatasetError(
            f"The data file {path} cannot be read ({error.strerror}); give the path of a CSV file."
        ) from error
    except seed_script("fields").RecordError as error:
        raise DatasetError(f"The data cannot be trained on: {error}") from error
    return content
