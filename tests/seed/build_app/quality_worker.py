"""Judges predictions as a job does, and renders them: a JSON line in, report or refusal out.

Runs in an environment that has the container's libraries, with both folders of code
on its path.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import evaluate
import numpy as np
import quality
from dataset import Column
from ml_pipelines.card.page import page
from ml_pipelines.card.report import parse_report


def judge(case: dict[str, Any]) -> dict[str, Any]:
    """Measure, make the card and its page; the model answers by the length of the first field."""
    task, classes = case["task"], case["classes"]
    labels, predictions = (np.array(case[name], dtype=float) for name in ("labels", "predictions"))
    columns = [Column(**column) for column in case["columns"]]

    def predict(rows: list[list[str]]) -> Any:
        return predictions[[len(row[0]) % len(predictions) for row in rows]]

    measured = quality.measure(task, labels, predictions)
    features = case["features"]
    card = quality.card(task, classes, labels, predictions, features, columns, predict, 0)
    digests = dict.fromkeys(("model_sha256", "data_sha256"), "0" * 64)
    parts = dict.fromkeys(("records", "train", "validation", "test"), len(labels))
    missing = {column.name: 1.0 for column in columns}
    report = {
        "task": task,
        **measured,
        "provenance": digests,
        "data": evaluate.described({**parts, "missing": missing}),
        "sample": evaluate.sample(features, predictions),
        "card": card,
    }
    written = evaluate.to_json(report).encode()
    text = page(parse_report(written, "evaluation.json"))
    return {"report": report, "bytes": len(written), "page_bytes": len(text.encode())}


for line in sys.stdin:
    try:
        answer = judge(json.loads(line))
    except (evaluate.EvaluationError, quality.QualityError) as error:
        answer = {"refused": str(error)}
    sys.stdout.write(f"{json.dumps(answer, allow_nan=False)}\n")
    sys.stdout.flush()
