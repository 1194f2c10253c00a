"""How a request passes through the user's functions, with the container's defaults and errors.

Imitates `Transformer` of sagemaker-containers 2.8.6; the defaults are in `algorithm_mode.py`. What
a user function raises is wrapped in `ClientError`, which nobody catches: the client sees 500. Only
a *returned* response carries another status.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any

Function = Callable[..., Any]


class ClientError(Exception):
    """A function of the user module, or a default in its place, raised."""


def load_transform(module: ModuleType, model_folder: str) -> Function:
    """Load the model, and answer requests with it as the user module and the defaults do.

    Returns:
        content, content type and what is accepted → a response, or body and media type.

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
        return partial(_wrapped(given["transform_fn"]), model_fn(model_folder))
    # XGBoost takes longer to import than all else; a user module may not need it.
    defaults = importlib.import_module("algorithm_mode")
    input_fn = _wrapped(given["input_fn"] or defaults.default_input_fn)
    predict_fn = _wrapped(given["predict_fn"] or defaults.default_predict_fn)
    output_fn = _wrapped(given["output_fn"] or defaults.default_output_fn)

    def chained(model: Any, content: str | bytes, content_type: str, accept: str) -> Any:
        return output_fn(predict_fn(input_fn(content, content_type), model), accept)

    return partial(chained, model_fn(model_folder))


def _no_model_fn(model_folder: str) -> Any:
    raise NotImplementedError("Please provide a model_fn implementation.")


def _wrapped(function: Function) -> Function:
    def call(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            raise ClientError(error) from error

    return call
