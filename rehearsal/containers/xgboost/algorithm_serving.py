"""Serves `xgboost-model` itself, and what a user module leaves to the container.

Imitates `algorithm_mode/serve.py`, `encoder.py` and the defaults of `serving.py` of
aws/sagemaker-xgboost-container. Left out, and therefore refused: other formats than CSV and JSON.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import flask
import numpy as np
import xgboost
from werkzeug.http import parse_options_header

from rehearsal.containers.toolkit.encoders import encode
from rehearsal.containers.toolkit.errors import UnsupportedFormatError
from rehearsal.containers.toolkit.media_types import CSV, JSON

LARGEST_BODY_BYTES = 6291456
_CSV_NAMES = ("csv", CSV)
_SNIFFED_CHARACTERS = 512


class ContentTypeError(Exception):
    """A media type that is not spoken here."""


def application(model_folder: Path) -> flask.Flask:
    """Serve `xgboost-model` itself: 204 for no body, 415, 400 and 406 as algorithm mode does."""
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", CSV)
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
            scores = DEFAULTS.predict_fn(data, booster).tolist()
        except Exception as error:  # noqa: BLE001
            return flask.Response(f"Unable to evaluate payload provided: {error}", status=400)
        accept = parse_options_header(request.headers.get("Accept"))[0].lower()
        if accept in ("", "*/*"):
            accept = default_accept
        if accept == CSV:
            return flask.Response(encode(scores, CSV), mimetype=CSV)
        if accept != JSON:
            return flask.Response(f"Accept type {accept} is not supported.", status=406)
        predictions = [{"score": score} for score in scores]
        return flask.Response(json.dumps({"predictions": predictions}), mimetype=JSON)

    return app


class ScriptDefaults:
    """What the container does in the place of functions that a user module leaves out."""

    def input_fn(self, content: str | bytes, content_type: str) -> xgboost.DMatrix:
        """Read CSV features, without label, into a matrix; a line feed at the end is an error."""
        if parse_options_header(content_type)[0] != CSV:
            raise UnsupportedFormatError(content_type)
        return _csv_matrix(content if isinstance(content, str) else content.decode())

    def predict_fn(self, data: xgboost.DMatrix, model: xgboost.Booster) -> Any:
        """Predict with the booster that `model_fn` returned."""
        return model.predict(data, validate_features=False)

    def output_fn(self, prediction: Any, accept: str) -> flask.Response:
        """Encode an array as JSON, NPY or one CSV line per row."""
        return flask.Response(encode(prediction, accept), mimetype=accept)


DEFAULTS = ScriptDefaults()


def _parse_content(body: bytes, content_type: str | None) -> xgboost.DMatrix:
    media_type, options = parse_options_header((content_type or "").lower())
    if media_type not in _CSV_NAMES:
        raise ContentTypeError(f"{content_type} is not an accepted ContentType: csv.")
    if options.get("label_size", "1") != "1":
        raise ContentTypeError(
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
