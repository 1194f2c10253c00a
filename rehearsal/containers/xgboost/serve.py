"""Stand-in for `serve` of AWS's XGBoost 3.2-0 container.

With `SAGEMAKER_PROGRAM` it serves the user module (`toolkit/server.py`). Without, it serves in
algorithm mode: it refuses a model folder whose root holds anything but `xgboost-model` and folders,
takes the model's own input in CSV and answers scores. Imitates `serving.py` of
aws/sagemaker-xgboost-container.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import flask

from rehearsal.containers.toolkit.server import Server, ServingEnvironment, serve_user_module
from rehearsal.containers.xgboost.lean_import import import_algorithm

MODEL = "xgboost-model"
# XGBoost takes longer to import than all else; a user module may not need it.
_ALGORITHM_MODE = "rehearsal.containers.xgboost.algorithm_serving"


class ModelFolderError(Exception):
    """The unpacked model archive cannot be served; the message names the file."""


def check_model_folder(folder: Path) -> None:
    """Refuse what algorithm mode would try to load as a further model.

    Raises:
        ModelFolderError: `xgboost-model` is missing, or another file lies beside it.
    """
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    if MODEL not in files:
        raise ModelFolderError(f"{folder} holds no '{MODEL}'; pack it in the archive's root.")
    surplus = [name for name in files if name != MODEL]
    if surplus:
        raise ModelFolderError(
            f"Model at {folder / surplus[0]} cannot be loaded: the archive's root must hold "
            f"'{MODEL}' alone; move '{surplus[0]}' under code/."
        )


def main() -> int:
    """Serve until SIGTERM; a model that cannot be served ends in one sentence and exit code 1."""
    environment = ServingEnvironment.read(os.environ)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if environment.program is not None:
        mode = importlib.import_module
        return serve_user_module(environment, lambda: mode(_ALGORITHM_MODE).DEFAULTS)
    folder = environment.base / "model"
    try:
        check_model_folder(folder)
    except ModelFolderError as error:
        print(f"serve: {error}", file=sys.stderr)
        return 1

    def load() -> flask.Flask:
        app: flask.Flask = import_algorithm(_ALGORITHM_MODE).application(folder)
        return app

    Server(environment, load).run()
    return 0
