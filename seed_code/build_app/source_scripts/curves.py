"""The pictures of a card as numbers: curves, histograms and tables of one test split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from dataset import DECISION
from numpy.typing import NDArray
from scores import Numbers, Positions
from shortening import rounded, rounded_all, shortened
from sklearn.metrics import precision_recall_curve, roc_auc_score, roc_curve

Json: TypeAlias = dict[str, Any]
Flags: TypeAlias = NDArray[np.bool_]
CURVE_POINTS = 100
SHOWN_RECORDS = 500
LISTED_CLASSES = 20
_HISTOGRAM_BINS = 24
_CALIBRATION_BINS = 10
# Residuals beyond these shares stand in the outermost bins, so that one does not hide the others.
_HISTOGRAM_TAILS = (0.005, 0.995)
_THRESHOLDS = np.arange(1, 20) / 20


def residuals(labels: Numbers, predictions: Numbers) -> Json:
    """Histogram of prediction minus label."""
    errors = predictions - labels
    low, high = np.quantile(errors, _HISTOGRAM_TAILS)
    edges = np.unique(np.linspace(low, high, _HISTOGRAM_BINS + 1))
    bins = np.searchsorted(edges, errors, side="right") - 1
    last = max(edges.size - 2, 0)
    counts = np.bincount(bins.clip(0, last), minlength=last + 1)
    return {
        "edges": rounded_all(edges),
        "counts": counts.tolist(),
        "mean": rounded(float(errors.mean())),
        "lowest": rounded(float(errors.min())),
        "highest": rounded(float(errors.max())),
    }


def predicted_against_known(labels: Numbers, predictions: Numbers, seed: int) -> Json:
    """At most 500 records, chosen by the seed."""
    size = min(labels.size, SHOWN_RECORDS)
    chosen = np.sort(np.random.default_rng(seed).choice(labels.size, size, replace=False))
    return {"known": rounded_all(labels[chosen]), "predicted": rounded_all(predictions[chosen])}


def roc(known: Positions, predictions: Numbers) -> Json | None:
    """True against false positives; None where the records are of one class."""
    if known.min() == known.max():
        return None
    false, true, _ = roc_curve(known, predictions)
    chosen = _along(false, true)
    return {
        "false_positive_rate": rounded_all(false[chosen]),
        "true_positive_rate": rounded_all(true[chosen]),
    }


def precision_recall(known: Positions, predictions: Numbers) -> Json | None:
    """Precision at each recall; None where no record is of the positive class."""
    if not known.any():
        return None
    precision, recall, _ = precision_recall_curve(known, predictions, drop_intermediate=True)
    chosen = _along(recall[::-1], precision[::-1])
    return {
        "recall": rounded_all(recall[::-1][chosen]),
        "precision": rounded_all(precision[::-1][chosen]),
        "share_of_positives": rounded(float(known.mean())),
    }


def calibration(happened: Flags, probability: Numbers) -> Json:
    """How often what was given a probability happened, in ten bins of that probability."""
    bins = np.minimum((probability * _CALIBRATION_BINS).astype(np.intp), _CALIBRATION_BINS - 1)
    counts = np.bincount(bins, minlength=_CALIBRATION_BINS)
    filled = counts > 0
    sums = (
        np.bincount(bins, weights, minlength=_CALIBRATION_BINS)[filled]
        for weights in (probability, happened)
    )
    predicted, observed = (rounded_all(found / counts[filled]) for found in sums)
    return {"predicted": predicted, "observed": observed, "counts": counts[filled].tolist()}


def thresholds(known: Positions, predictions: Numbers) -> Json:
    """What becomes of precision and recall where "yes" begins elsewhere than at 0.5."""
    yes = predictions[:, np.newaxis] >= _THRESHOLDS
    hits = (yes & (known == 1)[:, np.newaxis]).sum(axis=0)
    predicted, positives = yes.sum(axis=0), int(known.sum())
    return {
        "threshold": rounded_all(_THRESHOLDS),
        "precision": rounded_all(hits / np.maximum(predicted, 1)),
        "recall": rounded_all(hits / max(positives, 1)),
        "f1": rounded_all(2 * hits / np.maximum(predicted + positives, 1)),
        "predicted_positive": rounded_all(predicted / known.size),
        "used": DECISION,
    }


def confusion(classes: Sequence[str], known: Positions, predicted: Positions) -> Json:
    """How often each class was predicted for each; the 20 largest, the others in one."""
    listed = _largest_classes(classes, known)
    place = np.full(len(classes), len(listed))
    place[listed] = np.arange(len(listed))
    size = len(listed) + (len(listed) < len(classes))
    counts = np.bincount(place[known] * size + place[predicted], minlength=size * size)
    return {
        "classes": [shortened(classes[position]) for position in listed],
        "others": len(classes) - len(listed),
        "counts": counts.reshape(size, size).tolist(),
    }


def class_scores(classes: Sequence[str], known: Positions, predictions: Numbers) -> list[Json]:
    """Each of the 20 largest classes against all others."""
    predicted = predictions.argmax(axis=1)
    return [
        {
            "name": shortened(classes[position]),
            "records": int((known == position).sum()),
            "precision": _share(known[predicted == position] == position),
            "recall": _share(predicted[known == position] == position),
            "auc": _auc(known == position, predictions[:, position]),
        }
        for position in _largest_classes(classes, known)
    ]


def _largest_classes(classes: Sequence[str], known: Positions) -> list[int]:
    """The 20 with most records, in the order of the classes."""
    counts = np.bincount(known, minlength=len(classes))
    largest: list[int] = np.argsort(-counts, kind="stable")[:LISTED_CLASSES].tolist()
    return sorted(largest)


def _auc(is_class: Flags, probability: Numbers) -> float | None:
    if is_class.all() or not is_class.any():
        return None
    return rounded(float(roc_auc_score(is_class, probability)))


def _share(flags: Flags) -> float | None:
    return rounded(float(flags.mean())) if flags.size else None


def _along(x: Numbers, y: Numbers) -> NDArray[np.intp]:
    """Positions of at most 100 points of a curve, evenly along its length, both ends included."""
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    places = np.linspace(0, length[-1], CURVE_POINTS)
    last = length.size - 1
    return np.unique([0, *np.searchsorted(length, places).clip(0, last).tolist(), last])
