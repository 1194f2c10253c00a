"""What the XGBoost container accepts as hyperparameters, refused before training starts.

Imitates `algorithm_mode/hyperparameter_validation.py` of aws/sagemaker-xgboost-container: names,
ranges and sentences. Values arrive as strings. Names that only GPUs or several hosts can use are
left out and therefore refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.containers.toolkit.errors import ClientError

Value = int | float | str | list[str]


class UserError(ClientError):
    """What the container reports as the customer's mistake, in the job's failure reason."""


@dataclass(frozen=True)
class Interval:
    """A range of numbers; `open_minimum` and `open_maximum` exclude their bounds."""

    minimum: float | None = None
    maximum: float | None = None
    open_minimum: bool = False
    open_maximum: bool = False

    def __contains__(self, value: float) -> bool:
        if self.minimum is not None and (
            value < self.minimum or (self.open_minimum and value == self.minimum)
        ):
            return False
        return self.maximum is None or not (
            value > self.maximum or (self.open_maximum and value == self.maximum)
        )

    def __str__(self) -> str:
        opening = "(" if self.open_minimum else "["
        closing = ")" if self.open_maximum else "]"
        left = "(-inf" if self.minimum is None else f"{opening}{self.minimum}"
        right = "+inf)" if self.maximum is None else f"{self.maximum}{closing}"
        return f"{left}, {right}"


@dataclass(frozen=True)
class Hyperparameter:
    """How one hyperparameter is read and what it may be."""

    parse: Callable[[str], Value]
    allowed: Interval | tuple[str, ...] | None = None

    def check(self, name: str, text: str) -> Value:
        """Return the parsed value.

        Raises:
            UserError: the text cannot be read, or its value is out of range.
        """
        try:
            value = self.parse(text)
        except ValueError as error:
            raise UserError(
                f"Hyperparameter {name}: could not parse value (caused by ValueError)"
            ) from error
        parts = value if isinstance(value, list) else [value]
        allowed: Any = self.allowed
        if allowed is not None and any(part not in allowed for part in parts):
            raise UserError(f"Hyperparameter {name}: {value} is not in {allowed}")
        return value


def _words(text: str) -> list[str]:
    return text.split(",")


def _integer(minimum: int | None, maximum: int | None = None) -> Hyperparameter:
    return Hyperparameter(int, Interval(minimum, maximum))


def _real(interval: Interval) -> Hyperparameter:
    return Hyperparameter(float, interval)


def _one_of(*words: str) -> Hyperparameter:
    return Hyperparameter(str, words)


METRICS = {
    "aft-nloglik": "minimize",
    "accuracy": "maximize",
    "auc": "maximize",
    "aucpr": "maximize",
    "balanced_accuracy": "maximize",
    "error": "minimize",
    "f1": "maximize",
    "f1_binary": "maximize",
    "f1_macro": "maximize",
    "gamma-deviance": "minimize",
    "gamma-nloglik": "minimize",
    "logloss": "minimize",
    "mae": "minimize",
    "map": "maximize",
    "mape": "minimize",
    "merror": "minimize",
    "mlogloss": "minimize",
    "mphe": "minimize",
    "mse": "minimize",
    "ndcg": "maximize",
    "poisson-nloglik": "minimize",
    "precision": "maximize",
    "precision_macro": "maximize",
    "precision_micro": "maximize",
    "r2": "maximize",
    "recall": "maximize",
    "recall_macro": "maximize",
    "recall_micro": "maximize",
    "rmse": "minimize",
    "rmsle": "minimize",
    "tweedie-nloglik": "minimize",
}
_OBJECTIVES = (
    "binary:logistic",
    "binary:logitraw",
    "binary:hinge",
    "count:poisson",
    "multi:softmax",
    "multi:softprob",
    "rank:pairwise",
    "rank:ndcg",
    "rank:map",
    "reg:absoluteerror",
    "reg:linear",
    "reg:squarederror",
    "reg:logistic",
    "reg:gamma",
    "reg:pseudohubererror",
    "reg:squaredlogerror",
    "reg:tweedie",
    "survival:aft",
    "survival:cox",
)
_SHARE = Interval(0, 1)
_SHARE_ABOVE_ZERO = Interval(0, 1, open_minimum=True)
_NOT_NEGATIVE = Interval(0)

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    "num_round": _integer(1),
    "csv_weights": _integer(0, 1),
    "early_stopping_rounds": _integer(1),
    "booster": _one_of("gbtree", "gblinear", "dart"),
    "verbosity": _integer(0, 3),
    "nthread": _integer(1),
    "eta": _real(_SHARE),
    "gamma": _real(_NOT_NEGATIVE),
    "max_depth": _integer(0),
    "min_child_weight": _real(_NOT_NEGATIVE),
    "max_delta_step": _real(_NOT_NEGATIVE),
    "subsample": _real(_SHARE_ABOVE_ZERO),
    "colsample_bytree": _real(_SHARE_ABOVE_ZERO),
    "colsample_bylevel": _real(_SHARE_ABOVE_ZERO),
    "colsample_bynode": _real(_SHARE_ABOVE_ZERO),
    "lambda": _real(_NOT_NEGATIVE),
    "alpha": _real(_NOT_NEGATIVE),
    "tree_method": _one_of("auto", "exact", "approx", "hist"),
    "scale_pos_weight": _real(Interval(0, open_minimum=True)),
    "refresh_leaf": _integer(0, 1),
    "process_type": _one_of("default", "update"),
    "grow_policy": _one_of("depthwise", "lossguide"),
    "max_leaves": _integer(0),
    "max_bin": _integer(0),
    "monotone_constraints": Hyperparameter(str),
    "interaction_constraints": Hyperparameter(str),
    "sample_type": _one_of("uniform", "weighted"),
    "normalize_type": _one_of("tree", "forest"),
    "rate_drop": _real(_SHARE),
    "one_drop": _integer(0, 1),
    "skip_drop": _real(_SHARE),
    "tweedie_variance_power": _real(Interval(1, 2, open_minimum=True, open_maximum=True)),
    "objective": _one_of(*_OBJECTIVES),
    "num_class": _integer(2),
    "base_score": _real(_NOT_NEGATIVE),
    "eval_metric": Hyperparameter(_words, tuple(METRICS)),
    "seed": _integer(-(2**31) + 1, 2**31 - 2),
    "num_parallel_tree": _integer(1),
}


def validate(given: Mapping[str, str]) -> dict[str, Value]:
    """Return all hyperparameters with their types.

    Raises:
        UserError: one is unknown, unreadable, out of range, missing, or needs another.
    """
    if "num_round" not in given:
        raise UserError("Missing required hyperparameter: num_round")
    values = {}
    for name, text in given.items():
        if name not in HYPERPARAMETERS:
            raise UserError(f"Extraneous hyperparameter found: {name}")
        values[name] = HYPERPARAMETERS[name].check(name, str(text))
    if str(values.get("objective", "")).startswith("multi:") and "num_class" not in values:
        raise UserError("Require input for parameter 'num_class' for multi-classification")
    return values
