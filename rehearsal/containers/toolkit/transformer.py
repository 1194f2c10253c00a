"""How a request passes through the user's functions, with an image's defaults and errors.

Imitates `Transformer` and `Worker` of sagemaker-containers 2.8.6. What a user function raises is
wrapped in `ClientError`, which nobody catches: the client sees 500, and the defaults of an image
are wrapped like the user's own. Only a *returned* response carries another status.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, Protocol

import flask

from rehearsal.containers.toolkit.errors import ClientError
from rehearsal.containers.toolkit.media_types import JSON, TEXTS

Function = Callable[..., Any]
_PARTS = ("input_fn", "predict_fn", "output_fn")


class Defaults(Protocol):
    """What an image does in the place of functions that the user module leaves out."""

    def input_fn(self, content: Any, content_type: str) -> Any:
        """Read a body."""

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Predict."""

    def output_fn(self, prediction: Any, accept: str) -> flask.Response:
        """Write a body."""


def load_transform(
    module: ModuleType, model_folder: str, defaults: Callable[[], Defaults]
) -> Function:
    """Load the model, and answer requests with it as the user module and the defaults do.

    Returns:
        content, content type and what is accepted → a response, or body and media type.

    Raises:
        ClientError: the module defines `transform_fn` together with one of its parts.
    """
    given = {name: getattr(module, name, None) for name in ("model_fn", "transform_fn", *_PARTS)}
    model_fn = _wrapped(given["model_fn"] or _no_model_fn)
    if given["transform_fn"]:
        if any(given[name] for name in _PARTS):
            raise ClientError(
                "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn"
            )
        return partial(_wrapped(given["transform_fn"]), model_fn(model_folder))
    missing = defaults() if not all(given[name] for name in _PARTS) else None
    input_fn, predict_fn, output_fn = (
        _wrapped(given[name] or getattr(missing, name)) for name in _PARTS
    )

    def chained(model: Any, content: str | bytes, content_type: str, accept: str) -> Any:
        return output_fn(predict_fn(input_fn(content, content_type), model), accept)

    return partial(chained, model_fn(model_folder))


def application(transform: Function, execution_parameters: Function | None = None) -> flask.Flask:
    """Build the application of a user module, with the container's routes.

    The 6 MiB body limit belongs to the SageMaker runtime, not to the container.
    """
    app = flask.Flask(__name__)
    default_accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)

    @app.get("/ping")
    def ping() -> flask.Response:
        return flask.Response(status=200)

    @app.post("/invocations")
    def invocations() -> Any:
        headers = flask.request.headers
        content_type = headers.get("ContentType") or headers.get("Content-Type") or JSON
        accept = headers.get("Accept")
        body = flask.request.get_data()
        result = transform(
            body.decode(errors="replace") if content_type in TEXTS else body,
            content_type,
            default_accept if not accept or accept == "*/*" else accept,
        )
        if isinstance(result, tuple):
            return flask.Response(result[0], mimetype=result[1])
        return result

    if execution_parameters:
        app.add_url_rule("/execution-parameters", view_func=execution_parameters)
    return app


def _no_model_fn(model_folder: str) -> Any:
    raise NotImplementedError("Please provide a model_fn implementation.")


def _wrapped(function: Function) -> Function:
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            raise ClientError(error) from error

    return call
