"""What the endpoint runs: raw records in, predictions out.

AWS's XGBoost container imports this module, calls `model_fn` once per worker and `transform_fn`
per request. `transform_fn` and not `input_fn`, `predict_fn` and `output_fn`: the container turns
whatever those raise into a 500, while a response that `transform_fn` returns goes out as it is,
and a malformed record deserves a 400. Defining both kinds is refused by the container.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import xgboost
from records import FEATURES, Numbers, RecordError, Statistics, read_records, to_model_input
from werkzeug.wrappers import Response

CSV = "text/csv"
JSON = "application/json"


@dataclass(frozen=True)
class Model:
    """A booster and the statistics its input was made with."""

    booster: xgboost.Booster
    statistics: Statistics


def model_fn(model_dir: str) -> Model:
    """Load `xgboost-model` and `code/statistics.json` from the unpacked model archive."""
    booster = xgboost.Booster()
    # As bytes: XGBoost then looks at the content (UBJSON or JSON) instead of the missing suffix.
    booster.load_model(bytearray((Path(model_dir) / "xgboost-model").read_bytes()))
    booster.set_param({"nthread": 1})
    statistics = (Path(model_dir) / "code/statistics.json").read_text(encoding="utf-8")
    return Model(booster, Statistics.from_dict(json.loads(statistics)))


def transform_fn(
    model: Model, content: str | bytes, content_type: str, accept: str
) -> tuple[str, str] | Response:
    """Answer one request.

    Returns:
        Body and media type, or a response with status 400 (a record is malformed), 406 (the
        answer is wanted in another form) or 415 (the request came in another form).
    """
    if _media_type(content_type) != CSV:
        return _refusal(f"content type '{content_type}' is not supported; send {CSV}.", 415)
    wanted = _media_type(accept)
    if wanted not in (CSV, JSON, "*/*"):
        return _refusal(f"'{accept}' cannot be produced; accept {CSV} or {JSON}.", 406)
    try:
        features = read_records(_text(content), FEATURES, source="request").numbers
    except RecordError as error:
        return _refusal(str(error), 400)
    predictions = model.booster.inplace_predict(to_model_input(features, model.statistics))
    return _json(predictions) if wanted == JSON else _csv(predictions)


def _text(content: str | bytes) -> str:
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError("request is not UTF-8 text; send CSV records.") from error


def _csv(predictions: Numbers) -> tuple[str, str]:
    return "".join(f"{value:.6g}\n" for value in predictions), CSV


def _json(predictions: Numbers) -> tuple[str, str]:
    scores = [{"score": float(f"{value:.6g}")} for value in predictions]
    return json.dumps({"predictions": scores}), JSON


def _refusal(sentence: str, status: int) -> Response:
    return Response(sentence, status=status, mimetype="text/plain")


def _media_type(header: str) -> str:
    return header.partition(";")[0].strip().lower()
