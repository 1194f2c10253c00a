"""Writes a proposal into `dataset.toml` and `pipeline.toml`, and nothing over unsaved work."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from dataset import Column, Dataset

from ml_pipelines.agreement import OBJECTIVES
from ml_pipelines.settings import BUILT_IN, SettingsError

# How a first model of a task is judged, until its owner knows better; and what XGBoost watches.
_FIRST_GATES = {"regression": ("r2", 0.2), "binary": ("auc", 0.7)}
_FRAMEWORKS: dict[str, dict[str, Any]] = {
    "xgboost": {
        "framework": "xgboost",
        "version": "3.2-0",
        "hyperparameters": {"num_round": 200, "early_stopping_rounds": 20},
    },
    "scikit-learn": {
        "framework": "scikit-learn",
        "version": "1.9-0",
        "script": "train.py",
        "hyperparameters": {"trees": 300, "min-samples-leaf": 2, "seed": 0},
    },
}
_WATCHED = {"regression": "rmse", "binary": "logloss", "multiclass": "mlogloss"}
_HEAD = """# What a record is, as `make dataset` took it from a file: correct what it took wrongly.
# Types: number, category (with fixed values, or learnt from the training records), and text and
# identifier, which no model sees. An empty number becomes the median of the training records
# (empty = "mean", "refuse" or a number: that); minimum and maximum refuse what lies beyond.
"""


def dataset_toml(dataset: Dataset, reasons: Mapping[str, str]) -> str:
    """Write a dataset, each column with the reason for its type."""
    document = tomlkit.document()
    document["label"] = dataset.label
    form = dataset.file
    document["file"] = {
        "header": form.header,
        "delimiter": form.delimiter,
        "decimal": form.decimal,
        "encoding": form.encoding,
        "missing": list(form.missing),
    }
    columns = tomlkit.table()
    for column in dataset.columns:
        columns[column.name] = _column(column)
        columns[column.name].comment(one_line(reasons[column.name]))
    document["columns"] = columns
    return _HEAD + str(tomlkit.dumps(document))


def pipeline_toml(
    text: str, *, dataset: Dataset, task: str, url: str, framework: str | None = None
) -> str:
    """Change task, gate, data and what follows from them in the text of `pipeline.toml`."""
    document: Any = tomlkit.parse(text)
    metric, threshold = first_gate(dataset, task)
    document["data"]["url"] = url
    document["task"]["type"] = task
    document["gate"]["metric"] = metric
    document["gate"]["threshold"] = threshold
    algorithm = document["algorithm"]
    if framework is not None and framework != algorithm.get("framework"):
        algorithm.clear()
        algorithm.update(_FRAMEWORKS[framework])
        algorithm["hyperparameters"].add(tomlkit.nl())
    if algorithm.get("framework") in BUILT_IN and "script" not in algorithm:
        parameters = algorithm["hyperparameters"]
        parameters.pop("num_class", None)
        parameters["objective"] = OBJECTIVES[task][0]
        parameters["eval_metric"] = _WATCHED[task]
    return str(tomlkit.dumps(document))


def first_gate(dataset: Dataset, task: str) -> tuple[str, float]:
    """Metric and threshold for a model of which nothing is known yet: better than guessing."""
    guessing = round(1 / len(dataset.classes) + 0.1, 2) if dataset.classes else 0.0
    return _FIRST_GATES.get(task, ("accuracy", guessing))


def require_saved(files: list[Path]) -> None:
    """Refuse to write over a file whose content git does not have.

    Raises:
        SettingsError: it has changed since the last commit, or there is no repository.
    """
    for file in files:
        done = subprocess.run(
            ["git", "status", "--porcelain", "--", file.name],
            cwd=file.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if file.exists() and (done.returncode or done.stdout):
            raise SettingsError(
                f"{file.name} holds changes that are not committed; commit them, or give --replace."
            )


def _column(column: Column) -> Any:
    table = tomlkit.inline_table()
    table["type"] = column.type
    if column.values:
        table["values"] = list(column.values)
    for name in ("minimum", "maximum"):
        if math.isfinite(getattr(column, name)):
            table[name] = getattr(column, name)
    return table


def one_line(text: str) -> str:
    """A text of a file's as one line without signs that a terminal obeys."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:120]
