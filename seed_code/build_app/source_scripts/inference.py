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
from model_input import Numbers, Statistics, as_table, to_model_input
from records import FEATURES, RecordError, read_records, shown
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header
from werkzeug.wrappers import Response

CSV = "text/csv"
JSON = "application/json"
CHARSETS = ("utf-8", "utf8", "us-ascii")


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
    if not _is_csv(content_type):
        return _refusal(
            f"content type {shown(content_type)} is not supported; send {CSV} in UTF-8.", 415
        )
    wanted = _wanted(accept)
    if wanted is None:
        return _refusal(f"{shown(accept)} cannot be produced; accept {CSV} or {JSON}.", 406)
    try:
        features = as_table(read_records(content, FEATURES, source="request"))
    except RecordError as error:
        return _refusal(str(error), 400)
    predictions = model.booster.inplace_predict(to_model_input(features, model.statistics))
    return _json(predictions) if wanted == JSON else _csv(predictions)


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
    return "".join(f"{value:.6g}\n" for value in predictions), CSV


def _json(predictions: Numbers) -> tuple[str, str]:
    scores = [{"score": float(f"{value:.6g}")} for value in predictions]
    return json.dumps({"predictions": scores}), JSON


def _refusal(sentence: str, status: int) -> Response:
    return Response(sentence, status=status, mimetype="text/plain")
