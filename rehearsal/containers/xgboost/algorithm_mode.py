"""Serves `xgboost-model` itself, and what a user module leaves to the container.

Imitates `algorithm_mode/serve.py`, `encoder.py` and the defaults of `serving.py` of
aws/sagemaker-xgboost-container. Left out, and therefore refused: other formats than CSV and JSON.
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
from media_types import CSV, JSON
from werkzeug.http import parse_options_header

LARGEST_BODY_BYTES = 6291456
_CSV_NAMES = ("csv", CSV)
_SNIFFED_CHARACTERS = 512


class UnsupportedFormatError(Exception):
    """A media type that is not spoken here."""


def algorithm_application(model_folder: Path, default_accept: str) -> flask.Flask:
    """Serve `xgboost-model` itself: 204 for no body, 415, 400 and 406 as algorithm mode does."""
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    booster = xgboost.Booster()
    booster.load_model(bytearray((model_folder / "xgboost-model").read_bytes()))

    @app.get("/ping")
    def ping() -> flask.Response:
        return flask.Response(status=200)

    @app.post("/invocations")
    def invocations() -> flask.Response:
        request = flask.request
        body = request.data
        if not body:
            return flask.Response(status=204)
        try:
            data = _parse_content(body, request.content_type)
        except Exception as error:  # noqa: BLE001 - as the container does, here and below
            return flask.Response(str(error), status=415)
        try:
            scores = default_predict_fn(data, booster)
        except Exception as error:  # noqa: BLE001
            return flask.Response(f"Unable to evaluate payload provided: {error}", status=400)
        accept = parse_options_header(request.headers.get("Accept"))[0].lower()
        if accept in ("", "*/*"):
            accept = default_accept
        if accept == CSV:
            return default_output_fn(scores, CSV)
        if accept != JSON:
            return flask.Response(f"Accept type {accept} is not supported.", status=406)
        predictions = [{"score": score} for score in scores.tolist()]
        return flask.Response(json.dumps({"predictions": predictions}), mimetype=JSON)

    return app


def default_input_fn(content: str | bytes, content_type: str) -> xgboost.DMatrix:
    """Read CSV features, without label, into a matrix; a line feed at the end is an error."""
    if parse_options_header(content_type)[0] != CSV:
        raise UnsupportedFormatError(f"Content type {content_type} is not supported.")
    return _csv_matrix(content if isinstance(content, str) else content.decode())


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


def _parse_content(body: bytes, content_type: str | None) -> xgboost.DMatrix:
    media_type, options = parse_options_header((content_type or "").lower())
    if media_type not in _CSV_NAMES:
        raise UnsupportedFormatError(f"{content_type} is not an accepted ContentType: csv.")
    if options.get("label_size", "1") != "1":
        raise UnsupportedFormatError(
            f"{content_type} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    return _csv_matrix(body.strip().decode())


def _csv_matrix(text: str) -> xgboost.DMatrix:
    lines = text.split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:_SNIFFED_CHARACTERS]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    rows = [[field or "nan" for field in line.split(delimiter)] for line in lines]
    return xgboost.DMatrix(np.array(rows).astype(np.float64))
