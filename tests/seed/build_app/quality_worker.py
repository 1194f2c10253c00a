"""Judges predictions as a job does: a JSON line in, the report's parts or the refusal out.

Runs in an environment that has the container's libraries; the first argument names source_scripts.
"""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, sys.argv[1])

import numpy as np
import quality


def judge(case: dict[str, Any]) -> dict[str, Any]:
    """Measure and make the card; the model answers each record by its first field's length."""
    task, classes = case["task"], case["classes"]
    labels, predictions = (np.array(case[name], dtype=float) for name in ("labels", "predictions"))
    columns = [SimpleNamespace(**column) for column in case["columns"]]

    def predict(rows: list[list[str]]) -> Any:
        return predictions[[len(row[0]) % len(predictions) for row in rows]]

    report = quality.measure(task, labels, predictions)
    features = case["features"]
    card = quality.card(task, classes, labels, predictions, features, columns, predict, 0)
    return {**report, "card": card}


for line in sys.stdin:
    try:
        answer = judge(json.loads(line))
    except quality.QualityError as error:
        answer = {"refused": str(error)}
    sys.stdout.write(f"{json.dumps(answer, allow_nan=False)}\n")
    sys.stdout.flush()
