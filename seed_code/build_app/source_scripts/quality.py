"""What evaluation says of a model's quality: the metrics, and the numbers of its card.

Metrics have SageMaker's names, each with its standard deviation and 95 % interval. The card holds
the curves and tables of the task. It is bounded whatever the data: a curve has at most 100 points,
20 classes, 30 columns and 8 categories of a column are listed, texts are cut after 60 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from curves import (
    calibration,
    class_scores,
    confusion,
    precision_recall,
    predicted_against_known,
    residuals,
    roc,
    thresholds,
)
from dataset import Column
from fields import LARGEST_NUMBER
from groups import Rows, column_of, errors_by_group
from importance import LISTED_COLUMNS, Predict, permutation_importance
from metrics import BINARY, MULTICLASS, REGRESSION, SECTIONS
from resampling import CONFIDENCE, MOST_RESAMPLED, RESAMPLES, spreads
from scores import Numbers, predicted_classes, scores_of
from shortening import rounded, shortened

Json: TypeAlias = dict[str, Any]
# How far the probabilities of one record may be from 1 in sum, as six digits are.
SUM_TOLERANCE = 1e-3
_UNDEFINED = {
    "r2": "the test records have one label, so there is no variance to explain",
    "auc": "it compares two classes, and the test records have one",
    "au_prc": "no test record is of the positive class",
    "recall": "no test record is of the positive class",
    "f1": "no test record is of the positive class",
}


class QualityError(ValueError):
    """Predictions cannot be judged; the message says which and why."""


def measure(task: str, labels: Numbers, predictions: Numbers, *, seed: int = 0) -> Json:
    """Judge predictions of the test records.

    Args:
        task: one of `metrics.SECTIONS`.
        labels: n numbers, or positions of classes.
        predictions: n numbers; n probabilities of the second class of two; or n x classes.
        seed: of the bootstrap.

    Returns:
        The section of the task, how the intervals were made, and why a metric is missing: one that
        is not defined for these records is left out, since JSON knows no NaN.

    Raises:
        QualityError: the predictions do not fit the records or the task.
    """
    check_predictions(task, labels, predictions)
    values = scores_of(task, labels, predictions)(np.ones(labels.size))
    found = spreads(
        lambda chosen: scores_of(task, labels[chosen], predictions[chosen]),
        {name: value for name, value in values.items() if np.isfinite(value)},
        labels.size,
        seed,
    )
    return {
        SECTIONS[task]: {
            name: {"value": float(value), **found.get(name, {})}
            for name, value in values.items()
            if np.isfinite(value)
        },
        "undefined_metrics": {
            name: _UNDEFINED[name] for name, value in values.items() if not np.isfinite(value)
        },
        "bootstrap": {
            "resamples": RESAMPLES,
            "records": min(labels.size, MOST_RESAMPLED),
            "confidence": CONFIDENCE,
        },
    }


def metric_value(report: Json, task: str, name: str) -> float:
    """Return the metric that the gate looks at.

    Raises:
        QualityError: it is not defined for the test records, or there is none of that name.
    """
    metric = report[SECTIONS[task]].get(name)
    if metric is None:
        why = report["undefined_metrics"].get(name, f"the task {task} has none of that name")
        raise QualityError(
            f"metric {name} is not defined: {why}; supply more data or judge by another metric."
        )
    return float(metric["value"])


def check_predictions(task: str, labels: Numbers, predictions: Numbers) -> None:
    """Refuse what cannot be judged.

    Raises:
        QualityError: see there.
    """
    if not labels.size:
        raise QualityError("there is no test record; supply more data.")
    if predictions.shape[:1] != labels.shape or predictions.ndim != 1 + (task == MULTICLASS):
        raise QualityError(
            f"{labels.size} test records of the task {task} gave predictions of the shape "
            f"{'x'.join(map(str, predictions.shape))}; transform_fn must answer one line per "
            "record: a number, or one probability for each of more than two classes."
        )
    if task == MULTICLASS and predictions.shape[1] <= labels.max():
        raise QualityError(
            f"the model gives {predictions.shape[1]} probabilities for a record, but a test record "
            f"is of class number {int(labels.max()) + 1}; see num_class of the hyperparameters."
        )
    by_record = np.abs(predictions).reshape(labels.size, -1).max(axis=1)
    is_refused = ~(by_record <= LARGEST_NUMBER)  # NaN is not, either
    why = "is no finite number"
    if task != REGRESSION and not is_refused.any():
        is_refused = (predictions.reshape(labels.size, -1) < 0).any(axis=1) | (by_record > 1)
        if task == MULTICLASS:
            is_refused |= np.abs(predictions.sum(axis=1) - 1) > SUM_TOLERANCE
        why = "is no probability; choose an objective that gives them, such as binary:logistic"
        why += " or multi:softprob"
    if is_refused.any():
        raise QualityError(f"the prediction for test record {int(is_refused.argmax()) + 1} {why}.")


def card(
    task: str,
    classes: Sequence[str],
    labels: Numbers,
    predictions: Numbers,
    features: Rows,
    columns: Sequence[Column],
    predict: Predict,
    seed: int,
) -> Json:
    """Make the numbers of the model card.

    Args:
        task: as for `measure`, like labels and predictions, which it has accepted.
        classes: names of the classes, by position; empty for a regression.
        labels: n numbers, or positions of classes.
        predictions: as the model gave them.
        features: the test records without label, raw.
        columns: what the fields of a record are.
        predict: the model, for raw records.
        seed: of every choice.

    Raises:
        QualityError: the model knows another number of classes.
    """
    if task == MULTICLASS and predictions.shape[1] != len(classes):
        raise QualityError(
            f"the model gives {predictions.shape[1]} probabilities for a record, but the label has "
            f"{len(classes)} classes; see num_class of the hyperparameters."
        )
    importance = permutation_importance(task, labels, features, columns, predict, seed)
    return {
        "records": labels.size,
        **_pictures(task, classes, labels, predictions, seed),
        "importance": importance.report,
        "errors": errors_by_group(task, labels, predictions, features, columns, importance.order),
        "empty": _empty_shares(features, columns),
    }


def _pictures(
    task: str, classes: Sequence[str], labels: Numbers, predictions: Numbers, seed: int
) -> Json:
    if task == REGRESSION:
        return {
            "residuals": residuals(labels, predictions),
            "predicted_against_known": predicted_against_known(labels, predictions, seed),
        }
    known = labels.astype(np.intp)
    predicted = predicted_classes(task, predictions)
    matrix = confusion(classes, known, predicted)
    if task == BINARY:
        return {
            "confusion": matrix,
            "roc": roc(known, predictions),
            "precision_recall": precision_recall(known, predictions),
            "calibration": calibration(known == 1, predictions),
            "thresholds": thresholds(known, predictions),
        }
    return {
        "confusion": matrix,
        "classes": class_scores(classes, known, predictions),
        "calibration": calibration(known == predicted, predictions.max(axis=1)),
    }


def _empty_shares(features: Rows, columns: Sequence[Column]) -> list[Json]:
    """The 30 columns that lack most values, of all that lack any."""
    shares = [
        (sum(not field.strip() for field in column_of(features, position)) / len(features), column)
        for position, column in enumerate(columns)
    ]
    lacking = sorted((part for part in shares if part[0]), key=lambda part: -part[0])
    return [
        {"name": shortened(column.name), "share": rounded(share)}
        for share, column in lacking[:LISTED_COLUMNS]
    ]
