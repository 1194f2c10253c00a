"""How a version compares to the one that is live, on the same test records.

The live version is asked through its own served code, in a process of its own. What cannot be
compared is a verdict with its reason, never a failure: whatever lies in the live version's folder,
the evaluation of the new one stands.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import ask_live
import numpy as np
from dataset import Dataset, DatasetError
from fields import shown
from metrics import METRICS, Metric
from model_input import Numbers, as_table
from overlap import DIGESTS, overlap, record_digest
from quality import QualityError, check_predictions
from records import Records, write_records
from scores import scores_of
from served_package import (
    CODE,
    ArchiveError,
    EvaluationError,
    read_archive,
    read_predictions,
    write_files,
)

Json: TypeAlias = dict[str, Any]
# What stands for the ARN of a live version where there is none, and where nobody looked for one.
NONE, UNKNOWN = "none", "unknown"
MOST_SECONDS = 600
_LONGEST_NUMBER = 32
_SMALLEST_LIMIT = 2**16
_MOST_SAID_BYTES = 4096
_LONGEST_REASON = 200
# What is left of a difference of two numbers is no difference.
_DECIMALS = 12


class IncomparableError(Exception):
    """The live version cannot be compared.

    Attributes:
        verdict: as the card says it.
        reason: for people.
    """

    def __init__(self, verdict: str, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


@dataclass(frozen=True)
class Candidate:
    """The new version, and the records that it was tested with.

    Attributes:
        metric: what the gate looks at.
        records: without label, raw.
        labels: as they were written; `numbers` are what predictions are held against.
    """

    task: str
    metric: str
    dataset: Dataset
    records: Records
    labels: Records
    predictions: Numbers

    @property
    def numbers(self) -> Numbers:
        """Numbers, or positions of classes."""
        return as_table(self.labels)[:, 0]

    @property
    def digests(self) -> Iterable[int]:
        """Of the records, as `overlap` compares them."""
        pairs = zip(self.records.rows, self.labels.rows, strict=True)
        return (record_digest(features, label) for features, (label,) in pairs)


def compare(candidate: Candidate, arn: str, folder: Path, wanted: float | None) -> Json:
    """Compare a version with the live one.

    Args:
        candidate: the version.
        arn: of the live one, or `NONE` or `UNKNOWN`.
        folder: what lies beside the live one's archive, with it.
        wanted: by how much it is to be better; None: that is not asked.
    """
    if arn == UNKNOWN:
        refusal = "it was not compared with the live version; start the build with run-pipeline"
        return _with_gate({"verdict": "not compared"}, wanted, refusal)
    if arn == NONE:
        return _with_gate({"verdict": "no live version"}, wanted)
    try:
        metrics = _metrics(candidate, _ask(candidate, folder))
    except IncomparableError as error:
        said = {"live": arn, "verdict": error.verdict, "reason": error.reason}
        return _with_gate(said, wanted)
    metric, compared = METRICS[candidate.metric], metrics[candidate.metric]
    sign = -1 if metric.direction == "minimize" else 1
    better_by = sign * compared["difference"]
    found = {
        "live": arn,
        "verdict": "same" if better_by == 0 else "better" if better_by > 0 else "worse",
        "metrics": metrics,
        "overlap": overlap(folder / DIGESTS, candidate.digests),
    }
    return _with_gate(found, wanted, _refusal(metric, compared, better_by, wanted or 0))


def _with_gate(found: Json, wanted: float | None, refusal: str = "") -> Json:
    """Add what the pipeline's gate reads: 1 and a sentence if the version is refused, else 0."""
    if wanted is None:
        return found
    return {**found, "is_refused": int(bool(refusal)), "refusal": refusal}


def _refusal(metric: Metric, compared: dict[str, float], better_by: float, wanted: float) -> str:
    if round(better_by, _DECIMALS) >= wanted:
        return ""
    demand = f"not {wanted:g} better" if wanted else "worse"
    this, live = compared["this"], compared["live"]
    return f"{metric.title} {this:.6g} is {demand} than the live version's {live:.6g}"


def _metrics(candidate: Candidate, predictions: Numbers) -> dict[str, dict[str, float]]:
    """Both versions' metrics that are defined for these records."""
    once = np.ones(candidate.numbers.size)
    this, live = (
        scores_of(candidate.task, candidate.numbers, each)(once)
        for each in (candidate.predictions, predictions)
    )
    found = {
        name: {"this": value, "live": live[name], "difference": value - live[name]}
        for name, value in this.items()
        if np.isfinite(value - live[name])
    }
    if candidate.metric not in found:
        raise _no_answer(f"its {METRICS[candidate.metric].title} is no number")
    return found


def _ask(candidate: Candidate, folder: Path) -> Numbers:
    """The live version's predictions of the test records.

    Raises:
        IncomparableError: it has other columns or another task, or gives none.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        try:
            _unpack(folder / "model.tar.gz", place / "package")
            _check_comparable(candidate, place / "package" / CODE / "dataset.toml")
            predictions = read_predictions(_answer(candidate, place), len(candidate.records.rows))
            check_predictions(candidate.task, candidate.numbers, predictions)
        except ArchiveError as error:
            raise _no_answer(error.what) from error
        except (DatasetError, EvaluationError, QualityError, OSError, ValueError) as error:
            raise _no_answer(str(error)) from error
    classes = len(candidate.dataset.classes)
    if predictions.ndim > 1 and predictions.shape[1] != classes:
        raise _no_answer(f"it gives {predictions.shape[1]} probabilities for {classes} classes")
    return predictions


def _unpack(archive: Path, folder: Path) -> None:
    if not archive.is_file():
        raise _no_answer(f"its folder holds no {archive.name}")
    write_files(read_archive(archive), folder)


def _check_comparable(candidate: Candidate, file: Path) -> None:
    if not file.is_file():
        raise _no_answer(f"its archive holds no {CODE}/{file.name}")
    live, ours = Dataset.parse(file.read_bytes()), candidate.dataset
    if (live.label, live.classes) != (ours.label, ours.classes):
        raise IncomparableError("another task", _task_of(live, ours))
    columns = [
        [(column.name, column.type) for column in dataset.features] for dataset in (live, ours)
    ]
    if columns[0] != columns[1]:
        others = [name for name, _ in set(columns[0]) ^ set(columns[1])]
        reason = f"{shown(min(others))} differs" if others else "they stand in another order"
        raise IncomparableError("other columns", reason)


def _task_of(live: Dataset, ours: Dataset) -> str:
    name = shown(live.label)
    if live.label != ours.label:
        return f"it predicts {name}"
    if not live.classes:
        return f"{name} is a number to it"
    return f"it tells {len(live.classes)} classes of {name} apart"


def _answer(candidate: Candidate, place: Path) -> str:
    """What a process that loaded the package answered; it is ended with all that it started."""
    records, answer, said = (place / name for name in ("records.csv", "answer.csv", "errors.txt"))
    records.write_text(write_records(candidate.records.rows), encoding="utf-8", newline="")
    cells = len(candidate.records.rows) * max(len(candidate.dataset.classes), 1)
    limit = max(cells * _LONGEST_NUMBER, _SMALLEST_LIMIT)
    files = (str(place / "package"), str(records), str(answer), str(limit))
    with said.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, ask_live.__file__, *files],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        try:
            code = process.wait(MOST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _no_answer(f"it did not answer within {MOST_SECONDS} s") from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code or not answer.is_file():
        raise _no_answer(_last_line(said) or f"its process ended with code {code}")
    with answer.open("rb") as content:
        return content.read(limit).decode("utf-8")


def _last_line(file: Path) -> str:
    with file.open("rb") as content:
        content.seek(max(file.stat().st_size - _MOST_SAID_BYTES, 0))
        lines = content.read().decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _no_answer(why: str) -> IncomparableError:
    reason = "".join(character if character.isprintable() else "�" for character in why)
    return IncomparableError("could not be asked", reason[:_LONGEST_REASON])
