"""The data file that the rehearsal puts where AWS keeps its public copy.

It is read by the rules of the build repository, whose pipeline reads it next.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from rehearsal.checkout import ROOT
from rehearsal.conductor.errors import DatasetError

_RECORDS = ROOT / "seed_code/build_app/source_scripts/records.py"


@cache
def seed_records() -> ModuleType:
    """The build repository's module `records`, which needs the standard library alone."""
    spec = importlib.util.spec_from_file_location("rehearsal_seed_records", _RECORDS)
    if spec is None or spec.loader is None:
        raise ImportError(f"{_RECORDS} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def read_dataset(path: Path) -> bytes:
    """Read a data file after checking that every record can be trained on.

    Raises:
        DatasetError: names the row and column; the file is not changed.
    """
    records = seed_records()
    try:
        content = path.read_bytes()
        records.read_records(content, records.COLUMNS, source=str(path))
    except OSError as error:
        raise DatasetError(
            f"The data file {path} cannot be read ({error.strerror}); give the path of a CSV file."
        ) from error
    except records.RecordError as error:
        raise DatasetError(f"The data cannot be trained on: {error}") from error
    return content
