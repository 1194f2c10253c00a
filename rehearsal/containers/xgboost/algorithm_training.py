"""Trains as AWS's XGBoost 3.2-0 container does in algorithm mode, on one host.

1. read the three configuration files under `input/config`;
2. refuse hyperparameters and channels as the container does;
3. train, printing one line of metrics per round in the container's form;
4. write `model/xgboost-model`.

Imitates `algorithm_mode/train.py` and `callback.py` of aws/sagemaker-xgboost-container.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from scipy.sparse import csr_matrix

from rehearsal.containers.xgboost.hyperparameters import METRICS, UserError, Value, validate

CSV = "csv"
LIBSVM = "libsvm"
FORMATS = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
}
CHANNELS = ("train", "validation")


def data_format(content_type: str | None) -> str:
    """Return `csv` or `libsvm`; without a content type the container assumes libsvm.

    Raises:
        UserError: another content type, or a label size other than one.
    """
    if content_type is None:
        return LIBSVM
    media, *parameters = [part.strip() for part in content_type.lower().split(";")]
    if any(part.startswith("label_size=") and part != "label_size=1" for part in parameters):
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    if media not in FORMATS:
        accepted = ", ".join(FORMATS)
        raise UserError(f"{content_type} is not an accepted ContentType: {accepted}.")
    return FORMATS[media]


def data_files(folder: Path) -> list[Path]:
    """List the files of a channel; hidden files do not count."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "_"))
    )


def read_channel(folder: Path, kind: str, *, weighted: bool) -> xgboost.DMatrix:
    """Read all files of a channel.

    Raises:
        UserError: no file, or a file that is not in the channel's format.
    """
    files = data_files(folder)
    if not any(path.stat().st_size for path in files):
        raise UserError(f"No data in {folder.name} channel path {folder}")
    return read_csv(files, weighted=weighted) if kind == CSV else read_libsvm(files)


def read_csv(files: list[Path], *, weighted: bool) -> xgboost.DMatrix:
    """Read CSV: label first, then a weight if `weighted`, then the features; no header."""
    tables = []
    for path in files:
        with path.open(encoding="utf-8") as file:
            line = file.readline()
        try:
            delimiter = csv.Sniffer().sniff(line, delimiters=",;\t |").delimiter
            tables.append(np.genfromtxt(path, delimiter=delimiter, ndmin=2, dtype=np.float64))
        except (csv.Error, ValueError) as error:
            raise UserError(f"Failed to load csv data with exception:\n{error}") from error
    if len({table.shape[1] for table in tables}) > 1:
        raise UserError("Failed to load csv data with exception:\nfiles differ in columns")
    table = np.vstack(tables)
    if np.isnan(table[:, 0]).any():
        raise UserError(
            f"Failed to load csv data with exception:\nlabel is not a number in row "
            f"{int(np.isnan(table[:, 0]).argmax()) + 1}; the label comes first and there is "
            "no header"
        )
    if weighted:
        return xgboost.DMatrix(table[:, 2:], label=table[:, 0], weight=table[:, 1])
    return xgboost.DMatrix(table[:, 1:], label=table[:, 0])


def read_libsvm(files: list[Path]) -> xgboost.DMatrix:
    """Read lines `<label>[:<weight>] <position>:<value> …`."""
    labels: list[float] = []
    weights: list[float] = []
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            head, *pairs = line.split()
            label, _, weight = head.partition(":")
            try:
                weights.append(float(weight or 1))
                for pair in pairs:
                    position, value = pair.split(":")
                    rows.append(len(labels))
                    columns.append(int(position))
                    values.append(float(value))
                labels.append(float(label))
            except ValueError as error:
                raise UserError(
                    f"First line '{line[:50]}...' of file '{path.name}' is not 'LIBSVM' format. "
                    "Please ensure the file is in 'LIBSVM' format."
                ) from error
    shape = (len(labels), max(columns, default=0) + 1)
    return xgboost.DMatrix(
        csr_matrix((values, (rows, columns)), shape=shape), label=labels, weight=weights
    )


def read_matrices(
    base: Path, channels: Mapping[str, Mapping[str, Any]], *, weighted: bool
) -> dict[str, xgboost.DMatrix]:
    """Read the channels `train` and, if configured, `validation`.

    Raises:
        UserError: a channel is missing, unknown, in another input mode or unreadable.
    """
    if "train" not in channels:
        raise UserError("Missing required channel: train")
    for name, channel in channels.items():
        if name not in CHANNELS:
            raise UserError(f"Extraneous channel found: {name}")
        if channel.get("TrainingInputMode", "File") != "File":
            raise UserError(f"Channel {name}: only TrainingInputMode File is read here")
    kind = data_format(channels["train"].get("ContentType"))
    return {
        name: read_channel(base / "input/data" / name, kind, weighted=weighted and name == "train")
        for name in CHANNELS
        if name in channels
    }


def train(values: dict[str, Value], matrices: dict[str, xgboost.DMatrix]) -> xgboost.Booster:
    """Train one booster; XGBoost prints `[0]<tab>train-rmse:…` for every round.

    Raises:
        UserError: XGBoost refuses the data or the hyperparameters.
    """
    settings: dict[str, Any] = dict(values)
    rounds = settings.pop("num_round")
    callbacks = _early_stopping(settings, matrices)
    settings.pop("csv_weights", None)
    if settings.get("objective") == "reg:linear":
        settings["objective"] = "reg:squarederror"
    print(f"Train matrix has {matrices['train'].num_row()} rows", flush=True)
    try:
        return xgboost.train(
            settings,
            matrices["train"],
            num_boost_round=rounds,
            evals=[(matrix, name) for name, matrix in matrices.items()],
            callbacks=callbacks,
            verbose_eval=True,
        )
    except (xgboost.core.XGBoostError, ValueError) as error:
        reason = str(error).partition("Stack trace")[0].strip()
        raise UserError(f"XGB train call failed with exception:\n {reason}") from error


def _early_stopping(
    settings: dict[str, Any], matrices: Mapping[str, xgboost.DMatrix]
) -> list[xgboost.callback.TrainingCallback]:
    """Take `early_stopping_rounds` out; it counts only with a metric and a validation channel.

    Then the last metric decides, and the model of the best round is kept (`callback.py`).
    """
    rounds, metrics = settings.pop("early_stopping_rounds", None), settings.get("eval_metric")
    if not (rounds and metrics and "validation" in matrices):
        return []
    return [
        xgboost.callback.EarlyStopping(
            rounds=rounds,
            metric_name=metrics[-1],
            data_name="validation",
            maximize=METRICS[metrics[-1]] == "maximize",
            save_best=True,
        )
    ]


def run(base: Path) -> None:
    """Do one training job under `base`, which stands for `/opt/ml`."""
    config = base / "input/config"
    values = validate(json.loads((config / "hyperparameters.json").read_text()))
    channels = json.loads((config / "inputdataconfig.json").read_text())
    hosts = json.loads((config / "resourceconfig.json").read_text())["hosts"]
    if len(hosts) != 1:
        raise UserError(f"{len(hosts)} hosts were asked for; train on one instance.")
    weighted = values.get("csv_weights") == 1
    booster = train(values, read_matrices(base, channels, weighted=weighted))
    (base / "model").mkdir(parents=True, exist_ok=True)
    # Without a suffix XGBoost would warn that it guesses UBJSON; the container's file has none.
    (base / "model/xgboost-model").write_bytes(booster.save_raw(raw_format="ubj"))
