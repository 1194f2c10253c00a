"""Stand-in for `serve` of AWS's scikit-learn 1.9-0 container: a user module with its `model_fn`.

Without `input_fn`, `predict_fn` and `output_fn` (or `transform_fn` for all three) the container's
own read CSV, JSON and NPY into an array, call `predict`, and write JSON unless the request accepts
another. Imitates `serving.py` of aws/sagemaker-scikit-learn-container.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import flask

from rehearsal.containers.toolkit.media_types import TEXTS
from rehearsal.containers.toolkit.server import ServingEnvironment, serve_user_module

# NumPy takes longer to import than all else; a user module may not need it.
_ENCODERS = "rehearsal.containers.toolkit.encoders"


class ScriptDefaults:
    """What the container does in the place of functions that a user module leaves out."""

    def input_fn(self, content: Any, content_type: str) -> Any:
        """Read an array; of text, numbers in float32: one row, or one column, has one dimension."""
        array = importlib.import_module(_ENCODERS).decode(content, content_type)
        return array.astype("float32") if content_type in TEXTS else array

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Predict with what `model_fn` returned."""
        return model.predict(data)

    def output_fn(self, prediction: Any, accept: str) -> flask.Response:
        """Write an array as JSON, NPY or one CSV line per row."""
        body = importlib.import_module(_ENCODERS).encode(prediction, accept)
        return flask.Response(body, mimetype=accept)


def main() -> int:
    """Serve until SIGTERM; what cannot be served ends in one sentence and exit code 1."""
    environment = ServingEnvironment.read(os.environ)
    if environment.program is None:
        print(
            "serve: SAGEMAKER_PROGRAM is missing, and this image serves scripts only; name the "
            "script in the model's environment.",
            file=sys.stderr,
        )
        return 1
    return serve_user_module(environment, ScriptDefaults)
