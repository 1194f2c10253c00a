"""How a request passes through the user's functions, with the container's defaults and errors.

Imitates `Transformer` of sagemaker-containers 2.8.6 and the defaults of
`sagemaker_xgboost_container.serving`. What a user function raises is wrapped in `ClientError`,
which nobody catches: the client sees 500. Only a *returned* response carries another status.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import flask
import numpy as np
import xgboost

JSON = "application/json"
CSV = "text/csv"
Function = Callable[..., Any]


class ClientError(Exception):
    """A function of the user module, or a default in its place, raised."""


class UnsupportedFormatError(Exception):
    """A media type that the algorithm mode does not speak."""


class Transformer:
    """The model and the function that answers a request with it."""

    def __init__(self, model_fn: Function, transform_fn: Function) -> None:
        self._model_fn = model_fn
        self._transform_fn = transform_fn
        self._model: Any = None

    def initialize(self, model_folder: str) -> None:
        """Load the model; once per worker."""
        self._model = self._model_fn(model_folder)

    def transform(self, content: str | bytes, content_type: str, accept: str) -> Any:
        """Return a response, or body and media type."""
        return self._transform_fn(self._model, content, content_type, accept)


def module_transformer(module: ModuleType) -> Transformer:
    """Take the functions that the user module defines and defaults for the others.

    Raises:
        ClientError: the module defines `transform_fn` together with one of its parts.
    """
    given = {
        name: getattr(module, name, None)
        for name in ("model_fn", "input_fn", "predict_fn", "output_fn", "transform_fn")
    }
    model_fn = _wrapped(given["model_fn"] or _no_model_fn)
    parts = [given["input_fn"], given["predict_fn"], given["output_fn"]]
    if given["transform_fn"]:
        if any(parts):
            raise ClientError(
                "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn"
            )
        return Transformer(model_fn, _wrapped(given["transform_fn"]))
    input_fn = _wrapped(given["input_fn"] or default_input_fn)
    predict_fn = _wrapped(given["predict_fn"] or default_predict_fn)
    output_fn = _wrapped(given["output_fn"] or default_output_fn)

    def chained(model: Any, content: str | bytes, content_type: str, accept: str) -> Any:
        return output_fn(predict_fn(input_fn(content, content_type), model), accept)

    return Transformer(model_fn, chained)


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


def _no_model_fn(model_folder: str) -> Any:
    raise NotImplementedError("Please provide a model_fn implementation.")


def _wrapped(function: Function) -> Function:
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            raise ClientError(error) from error

    return call
