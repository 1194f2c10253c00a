"""What the endpoint runs: raw records in, predictions out.

AWS's XGBoost container imports this module, calls `model_fn` once per worker and `transform_fn`
per request. `transform_fn` and not `input_fn`, `predict_fn` and `output_fn`: the container turns
whatever those raise into a 500, while a response that `transform_fn` returns goes out as it is,
and a malformed record deserves a 400. Defining both kinds is refused by the container.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from dataset import DECISION, Column, Dataset
from fields import RecordError, shown
from model_input import Numbers, Statistics, as_table, to_model_input
from models import Predict, load_model
from records import read_records
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header
from werkzeug.wrappers import Response

CSV = "text/csv"
JSON = "application/json"
CHARSETS = ("utf-8", "utf8", "us-ascii")


@dataclass(frozen=True)
class Model:
    """A model, what its records are, and the statistics its input was made with."""

    predict: Predict
    dataset: Dataset
    statistics: Statistics

    def answer(self, content: str | bytes) -> Numbers:
        """Predict the raw records of a request; see `load_model` for the shapes.

        Raises:
            RecordError: one is malformed.
        """
        records = read_records(
            content,
            self.dataset.features,
            source="request",
            vocabulary=self.statistics.vocabulary,
            missing=self.dataset.file.missing,
        )
        return self.predict(to_model_input(as_table(records), self.used, self.statistics))

    @cached_property
    def used(self) -> list[Column]:
        """The columns of a record that the model sees."""
        return [column for column in self.dataset.features if column.is_used]


def model_fn(model_dir: str) -> Model:
    """Load the model, `code/dataset.toml` and `code/statistics.json` of the unpacked archive."""
    code = Path(model_dir) / "code"
    dataset = Dataset.parse((code / "dataset.toml").read_bytes())
    statistics = json.loads((code / "statistics.json").read_text(encoding="utf-8"))
    predict = load_model(Path(model_dir), has_classes=bool(dataset.classes))
    return Model(predict, dataset, Statistics.from_dict(statistics))


def transform_fn(
    model: Model, content: str | bytes, content_type: str, accept: str
) -> tuple[str, str] | Response:
    """Answer one request.

    Returns:
        Body and media type, or a response with status 400 (a record is malformed), 406 (the
        answer is wanted in another form) or 415 (the request came in another form).
    """
    if not _is_csv(content_type):
        return _refusal(
            f"content type {shown(content_type)} is not supported; send {CSV} in UTF-8.", 415
        )
    wanted = _wanted(accept)
    if wanted is None:
        return _refusal(f"{shown(accept)} cannot be produced; accept {CSV} or {JSON}.", 406)
    try:
        predictions = model.answer(content)
    except RecordError as error:
        return _refusal(str(error), 400)
    return _json(predictions, model.dataset.classes) if wanted == JSON else _csv(predictions)


def _is_csv(content_type: str) -> bool:
    media_type, options = parse_options_header(content_type)
    return media_type.lower() == CSV and options.get("charset", CHARSETS[0]).lower() in CHARSETS


def _wanted(accept: str) -> str | None:
    """Choose between our two forms by the client's list and its weights; None if it wants neither.

    Parameters of a type, such as a charset, do not count.
    """
    ranges = parse_accept_header(accept, MIMEAccept)
    return MIMEAccept(
        (media_range.partition(";")[0].strip(), quality) for media_range, quality in ranges
    ).best_match((CSV, JSON))


def _csv(predictions: Numbers) -> tuple[str, str]:
    rows = predictions.reshape(len(predictions), -1)
    return "".join(",".join(f"{value:.6g}" for value in row) + "\n" for row in rows), CSV


def _json(predictions: Numbers, classes: Sequence[str]) -> tuple[str, str]:
    answers = [_answer(prediction, classes) for prediction in predictions]
    return json.dumps({"predictions": answers}), JSON


def _answer(prediction: Any, classes: Sequence[str]) -> dict[str, Any]:
    if np.ndim(prediction):
        scores = [_short(value) for value in prediction]
        return {"predicted_label": classes[int(np.argmax(prediction))], "score": scores}
    score = _short(prediction)
    if not classes:
        return {"score": score}
    return {"predicted_label": classes[int(prediction >= DECISION)], "score": score}


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _refusal(sentence: str, status: int) -> Response:
    return Response(sentence, status=status, mimetype="text/plain")
