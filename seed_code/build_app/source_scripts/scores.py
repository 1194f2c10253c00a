"""The metrics as functions of how often each test record counts.

A bootstrap counts records several times or never. With counts, nothing is sorted or compared again
for a resample, which makes hundreds of them cheap. What is not defined is NaN: AUC of records of
one class, for example.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from dataset import DECISION
from metrics import BINARY, REGRESSION
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.floating[Any]]
Positions: TypeAlias = NDArray[np.intp]
Scores: TypeAlias = Callable[[Numbers], dict[str, float]]


def scores_of(task: str, labels: Numbers, predictions: Numbers) -> Scores:
    """Prepare the metrics of a task; the result takes how often each record counts."""
    if task == REGRESSION:
        return _regression(labels, predictions)
    known = labels.astype(np.intp)
    per_class = _per_class(known, predicted_classes(task, predictions), task)
    losses = log_losses(task, known, predictions)
    ranked = _ranked(known, predictions) if task == BINARY else None

    def scores(counts: Numbers) -> dict[str, float]:
        ranks = ranked(counts) if ranked else {}
        return {**ranks, **per_class(counts), "log_loss": _mean(losses, counts)}

    return scores


def predicted_classes(task: str, predictions: Numbers) -> Positions:
    """The class that is most probable; of two, the second one from a probability of 0.5 on."""
    if task == BINARY:
        return (predictions >= DECISION).astype(np.intp)
    return predictions.argmax(axis=1)


def log_losses(task: str, known: Positions, predictions: Numbers) -> Numbers:
    """The log loss of each record; a probability of 0 counts as the smallest that is not."""
    if task == BINARY:
        of_known = np.where(known == 1, predictions, 1 - predictions)
    else:
        of_known = predictions[np.arange(known.size), known]
    smallest = np.finfo(np.float64).eps
    return -np.log(of_known.clip(smallest, 1 - smallest))


def _regression(labels: Numbers, predictions: Numbers) -> Scores:
    errors = predictions - labels
    with np.errstate(over="ignore"):
        squared = errors**2
    absolute = np.abs(errors)

    def scores(counts: Numbers) -> dict[str, float]:
        mse = _mean(squared, counts)
        counted = labels[counts > 0]
        with np.errstate(over="ignore"):
            spread = _mean((labels - _mean(labels, counts)) ** 2, counts)
        return {
            "mse": mse,
            "rmse": float(np.sqrt(mse)),
            "mae": _mean(absolute, counts),
            "r2": 1 - _ratio(mse, spread) if np.ptp(counted) > 0 else np.nan,
        }

    return scores


def _per_class(known: Positions, predicted: Positions, task: str) -> Scores:
    size = max(int(known.max()), int(predicted.max())) + 1
    hits = known == predicted

    def scores(counts: Numbers) -> dict[str, float]:
        true = np.bincount(known[hits], counts[hits], minlength=size)
        in_labels = np.bincount(known, counts, minlength=size)
        in_predictions = np.bincount(predicted, counts, minlength=size)
        occurring = in_labels + in_predictions > 0
        f1 = 2 * true[occurring] / (in_labels + in_predictions)[occurring]
        present = in_labels > 0
        common = {
            "accuracy": float(true.sum() / counts.sum()),
            "balanced_accuracy": float((true[present] / in_labels[present]).mean()),
        }
        if task == BINARY:
            return {**common, **_of_positive_class(true, in_labels, in_predictions)}
        return {
            **common,
            "weighted_f1": float(f1 @ in_labels[occurring] / counts.sum()),
            "macro_f1": float(f1.mean()),
        }

    return scores


def _of_positive_class(
    true: Numbers, in_labels: Numbers, in_predictions: Numbers
) -> dict[str, float]:
    """Without predicted positives precision is 0; without known ones the rest is not defined."""
    hits, known, predicted = (
        float(counts[1]) if counts.size > 1 else 0.0 for counts in (true, in_labels, in_predictions)
    )
    return {
        "precision": hits / predicted if predicted else 0.0,
        "recall": _ratio(hits, known),
        "f1": _ratio(2 * hits, known + predicted) if known else np.nan,
    }


def _ranked(known: Positions, predictions: Numbers) -> Scores:
    """AUC and average precision; records of one probability are taken at once."""
    order = np.argsort(-predictions, kind="stable")
    positive = known[order].astype(np.float64)
    starts = np.flatnonzero(np.diff(predictions[order], prepend=np.inf))

    def scores(counts: Numbers) -> dict[str, float]:
        ordered = counts[order]
        positives = np.add.reduceat(ordered * positive, starts)
        negatives = np.add.reduceat(ordered * (1 - positive), starts)
        found = positives.cumsum()
        wrong = negatives.cumsum()
        above = found - positives / 2  # a tie is half right
        taken = found + wrong
        precision = np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)
        return {
            "auc": _ratio(float(negatives @ above), float(found[-1] * wrong[-1])),
            "au_prc": _ratio(float(positives @ precision), float(found[-1])),
        }

    return scores


def _mean(values: Numbers, counts: Numbers) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # what is too large becomes infinite
        return float(np.average(values, weights=counts))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
