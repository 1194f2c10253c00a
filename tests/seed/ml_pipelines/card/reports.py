"""Reports of the three tasks, as small as they may be, and a version of the registry."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ml_pipelines.card.registry import Gate, Version
from ml_pipelines.card.report import Report, parse_report

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo/3"
LIVE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo/2"
EXECUTION = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/demo/execution/abcdefghijkl"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def metric(value: float) -> dict[str, Any]:
    return {
        "value": value,
        "standard_deviation": 0.01,
        "confidence_interval": [value - 0.02, value + 0.02],
    }


_COMMON: dict[str, Any] = {
    "undefined_metrics": {},
    "bootstrap": {"resamples": 300, "records": 30, "confidence": 0.95},
    "provenance": {"model_sha256": "ab" * 32, "data_sha256": "cd" * 32},
}
_CARD: dict[str, Any] = {
    "records": 30,
    "importance": {
        "loss": "log_loss",
        "before": 0.3,
        "records": 30,
        "repeats": 3,
        "used_columns": 2,
        "shuffled_columns": 2,
        "columns": [
            {"name": "size", "type": "number", "increase": 0.4, "deviation": 0.1},
            {"name": "town", "type": "category", "increase": -0.01, "deviation": 0.0},
        ],
    },
    "errors": [
        {
            "column": "size",
            "type": "number",
            "groups": [
                {"from": 0.5, "to": 0.75, "records": 14, "error": 0.1},
                {"from": 1.0, "to": 1.0, "records": 9, "error": 0.2},
                {"name": "no value", "records": 7, "error": 0.0},
            ],
        },
        {
            "column": "town",
            "type": "category",
            "groups": [{"name": "<Paris & 'Nice'>", "records": 30, "error": 0.5}],
        },
    ],
    "empty": [{"name": "size", "share": 0.25}],
}
_CALIBRATION = {"predicted": [0.1, 0.9], "observed": [0.2, 1.0], "counts": [10, 20]}
REPORTS: dict[str, dict[str, Any]] = {
    "regression": {
        **_COMMON,
        "task": "regression",
        "regression_metrics": {"mse": metric(4.5), "r2": metric(0.6)},
        "card": {
            **_CARD,
            "residuals": {
                "edges": [-1.0, 0.0, 1.0],
                "counts": [10, 20],
                "mean": 0.1,
                "lowest": -1.5,
                "highest": 1.0,
            },
            "predicted_against_known": {"known": [1.0, 2.0, 4.0], "predicted": [1.5, 2.0, 3.0]},
        },
    },
    "binary": {
        **_COMMON,
        "task": "binary",
        "binary_classification_metrics": {"auc": metric(0.96), "log_loss": metric(0.3)},
        "undefined_metrics": {"recall": "no test record is of the positive class"},
        "card": {
            **_CARD,
            "confusion": {"classes": ["no", "yes"], "others": 0, "counts": [[8, 2], [1, 19]]},
            "roc": {"false_positive_rate": [0, 0.1, 1], "true_positive_rate": [0, 0.9, 1]},
            "precision_recall": {
                "recall": [0, 1],
                "precision": [1, 0.6],
                "share_of_positives": 0.6,
            },
            "calibration": _CALIBRATION,
            "thresholds": {
                "threshold": [0.25, 0.5],
                "precision": [0.7, 0.9],
                "recall": [1.0, 0.9],
                "f1": [0.8, 0.9],
                "predicted_positive": [0.8, 0.6],
                "used": 0.5,
            },
        },
    },
    "multiclass": {
        **_COMMON,
        "task": "multiclass",
        "multiclass_classification_metrics": {"accuracy": metric(0.9)},
        "card": {
            **_CARD,
            "confusion": {
                "classes": ["a", "b"],
                "others": 5,
                "counts": [[9, 1, 0], [0, 9, 1], [2, 0, 8]],
            },
            "classes": [
                {"name": "a", "records": 10, "precision": 0.8, "recall": 0.9, "auc": 0.95},
                {"name": "b", "records": 0, "precision": None, "recall": None, "auc": None},
            ],
            "calibration": _CALIBRATION,
        },
    },
}


def report(task: str, **changed: Any) -> Report:
    return parse_report(json.dumps({**REPORTS[task], **changed}).encode(), "evaluation.json")


def version(gate: Gate | None = None, approval: str = "PendingManualApproval") -> Version:
    return Version(
        group="demo",
        number=3,
        arn=ARN,
        approval=approval,
        created=datetime(2026, 11, 26, 12, tzinfo=UTC),
        commit=COMMIT,
        execution=EXECUTION,
        gate=gate,
        report_uri="s3://bucket/evaluation.json",
    )
