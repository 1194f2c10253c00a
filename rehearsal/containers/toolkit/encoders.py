"""Bodies of requests as arrays, and arrays as bodies of responses.

Imitates `_encoders.py` of sagemaker-containers 2.8.6, with what it does to a table of one row or
one column: it has one dimension.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

from rehearsal.containers.toolkit.errors import UnsupportedFormatError
from rehearsal.containers.toolkit.media_types import CSV, JSON, NPY


def decode(content: Any, media_type: str) -> Any:
    """Read an array.

    Raises:
        UnsupportedFormatError: another media type than CSV, JSON and NPY.
        Exception: whatever reading raises; the client sees 500.
    """
    if media_type == CSV:
        return _read_csv(content)
    if media_type == JSON:
        return np.array(json.loads(content))
    if media_type == NPY:
        return np.load(io.BytesIO(content), allow_pickle=True)
    raise UnsupportedFormatError(media_type)


def encode(values: Any, media_type: str) -> str | bytes:
    """Write an array, or what makes one.

    Raises:
        UnsupportedFormatError: another media type than CSV, JSON and NPY.
    """
    if media_type == CSV:
        return _write_csv(values)
    if media_type == JSON:
        return json.dumps(values, default=_plain)
    if media_type == NPY:
        stream = io.BytesIO()
        np.save(stream, values)
        return stream.getvalue()
    raise UnsupportedFormatError(media_type)


def _read_csv(text: str) -> Any:
    table = np.array(list(csv.reader(io.StringIO(text), strict=True))).squeeze()
    try:
        return table.astype(None)
    except ValueError:  # words stay words
        return table


def _write_csv(values: Any) -> str:
    table = np.array(values)
    if table.ndim == 1:
        table = table.reshape(-1, 1)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", strict=True).writerows(table)
    return stream.getvalue()


def _plain(values: Any) -> Any:
    if hasattr(values, "tolist"):
        return values.tolist()
    raise TypeError(f"Object of type {type(values).__name__} is not JSON serializable")
