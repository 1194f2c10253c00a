"""Reads data with preprocessing's own scripts, in the container's environment, as JSON lines.

In: folders. Out: what preprocessing said, the numbers that its reader found, and what it wrote.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import preprocess
from data_files import read_table
from dataset import Dataset
from fields import Vocabulary


def read(folder: Path) -> dict[str, Any]:
    """Preprocess `dataset.toml` and the one file of `data/`."""
    (file,) = (folder / "data").iterdir()
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        code = preprocess.main(
            [
                *("--input-dir", str(folder / "data"), "--input-url", f"s3://bucket/{file.name}"),
                *("--dataset-file", str(folder / "dataset.toml")),
                *(
                    part
                    for name in ("train", "validation", "test", "statistics")
                    for part in (f"--{name}-dir", str(folder / name))
                ),
            ]
        )
    if code:
        return {"code": code, "err": err.getvalue()}
    dataset = Dataset.parse((folder / "dataset.toml").read_bytes())
    vocabulary = Vocabulary(is_learning=True)
    table = read_table([file], dataset, vocabulary)
    values = {name: list(numbers) for name, numbers in vocabulary.numbers.items()}
    features = [
        [cell(value, column, values) for value, column in zip(row, table.columns, strict=True)]
        for row in table.features.tolist()
    ]
    return {"code": 0, "labels": table.labels.tolist(), "features": features}


def cell(number: float, column: Any, values: dict[str, list[str]]) -> str | float | None:
    if column.name in values:
        return values[column.name][int(number)]
    return None if number != number else number


for line in sys.stdin:
    sys.stdout.write(f"{json.dumps(read(Path(json.loads(line)['folder'])))}\n")
    sys.stdout.flush()
