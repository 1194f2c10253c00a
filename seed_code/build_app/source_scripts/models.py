"""Loads what a training wrote, as a function from a model's input to its predictions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from model_input import Numbers

XGBOOST_MODEL = "xgboost-model"
JOBLIB_MODEL = "model.joblib"
MODELS = (XGBOOST_MODEL, JOBLIB_MODEL)
# The one kind of XGBoost's models that cannot predict in place.
_LINEAR = "gblinear"
Predict = Callable[[Numbers], Numbers]


def load_model(folder: Path, *, has_classes: bool) -> Predict:
    """Load the model of a folder.

    Args:
        folder: holds `xgboost-model`, or `model.joblib`: an estimator as scikit-learn's are.
        has_classes: whether it tells classes apart.

    Returns:
        A function from n x inputs to n numbers, n probabilities of the second of two classes, or
        n x classes probabilities.
    """
    if (folder / XGBOOST_MODEL).is_file():
        return _load_booster(folder / XGBOOST_MODEL)
    return _load_estimator(folder / JOBLIB_MODEL, has_classes=has_classes)


def _load_booster(file: Path) -> Predict:
    import xgboost  # not in every image

    booster = xgboost.Booster()
    # As bytes: XGBoost then looks at the content (UBJSON or JSON) instead of the missing suffix.
    booster.load_model(bytearray(file.read_bytes()))
    booster.set_param({"nthread": 1})
    if json.loads(booster.save_config())["learner"]["gradient_booster"]["name"] == _LINEAR:
        return lambda table: np.asarray(booster.predict(xgboost.DMatrix(table)))
    return lambda table: np.asarray(booster.inplace_predict(table))


def _load_estimator(file: Path, *, has_classes: bool) -> Predict:
    import joblib  # not in every image

    estimator: Any = joblib.load(file)
    if not has_classes:
        return lambda table: np.asarray(estimator.predict(table), dtype=np.float64)

    def probabilities(table: Numbers) -> Numbers:
        found = np.asarray(estimator.predict_proba(table), dtype=np.float64)
        return found[:, 1] if found.shape[1] == 2 else found

    return probabilities
