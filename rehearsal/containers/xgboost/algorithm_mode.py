"""Serves `xgboost-model` itself, and what a user module leaves to the container.

Imitates `algorithm_mode/serve.py` and the defaults of `serving.py` of
aws/sagemaker-xgboost-container.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import flask
import numpy as np
import xgboost
from transformer import Transformer

JSON = "application/json"
CSV = "text/csv"


class UnsupportedFormatError(Exception):
    """A media type that the algorithm mode does not speak."""


def algorithm_transformer() -> Transformer:
    """Serve `xgboost-model` itself: 204 for no body, 415, 400 and 406 as algorithm mode does."""
    return Transformer(_load_booster, _algorithm_answer)


def default_input_fn(content: str | bytes, content_type: str) -> xgboost.DMatrix:
    """Read CSV features, without label, into a matrix."""
    if content_type.partition(";")[0].strip() != CSV:
        raise UnsupportedFormatError(f"Content type {content_type} is not supported.")
    text = content if isinstance(content, str) else content.decode("utf-8")
    rows = [[field or "nan" for field in line.split(",")] for line in text.strip().split("\n")]
    return xgboost.DMatrix(np.array(rows).astype(np.float64))


def default_predict_fn(data: xgboost.DMatrix, model: xgboost.Booster) -> Any:
    """Predict with the booster that `model_fn` returned."""
    return model.predict(data, validate_features=False)


def default_output_fn(prediction: Any, accept: str) -> flask.Response:
    """Encode an array as JSON or as one CSV line per row."""
    values = np.asarray(prediction)
    if accept == JSON:
        return flask.Response(json.dumps(values.tolist()), mimetype=JSON)
    if accept == CSV:
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(values.reshape(len(values), -1).tolist())
        return flask.Response(stream.getvalue(), mimetype=CSV)
    raise UnsupportedFormatError(f"Content type {accept} is not supported.")


def _algorithm_answer(
    model: xgboost.Booster, content: str | bytes, content_type: str, accept: str
) -> flask.Response:
    if not content:
        return flask.Response(status=204)
    try:
        data = default_input_fn(content, content_type)
    except (UnsupportedFormatError, ValueError) as error:
        return flask.Response(str(error), status=415)
    try:
        scores = default_predict_fn(data, model).tolist()
    except ValueError as error:
        return flask.Response(f"Unable to evaluate payload provided: {error}", status=400)
    if accept == JSON:
        body = json.dumps({"predictions": [{"score": score} for score in scores]})
        return flask.Response(body, mimetype=JSON)
    if accept != CSV:
        return flask.Response(f"Accept type {accept} is not supported", status=406)
    return flask.Response(",".join(map(str, scores)), mimetype=CSV)


def _load_booster(model_folder: str) -> xgboost.Booster:
    booster = xgboost.Booster()
    booster.load_model(bytearray((Path(model_folder) / "xgboost-model").read_bytes()))
    return booster
