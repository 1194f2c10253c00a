"""Stand-in for `serve` of AWS's XGBoost 3.2-0 container: Flask under gunicorn on one port.

1. refuse a model folder whose root holds anything but `xgboost-model` and folders;
2. copy the submitted code to `code/` beside `model/`, install it with pip (`module_install.py`) and
   import the user module;
3. answer `GET /ping` and `POST /invocations`.

Without `SAGEMAKER_PROGRAM` it serves in algorithm mode: the model's own input in CSV, scores out.
`SAGEMAKER_BASE_DIR` stands for `/opt/ml`. Imitates `serving.py` of aws/sagemaker-xgboost-container
and `_transformer.py`, `_worker.py` of sagemaker-containers 2.8.6; the differences are listed in
docs/decisions/build-serving-errors.md.
"""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import gunicorn.app.base
from media_types import CSV, JSON
from module_install import InstallModuleError, install
from transformer import Function, load_transform

MODEL = "xgboost-model"


class ModelFolderError(Exception):
    """The unpacked model archive cannot be served; the message names the file."""


@dataclass(frozen=True)
class Settings:
    """What the container reads from its environment."""

    base: Path
    port: int
    program: str | None
    submit_directory: Path
    default_accept: str
    workers: int
    timeout_seconds: int

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> Settings:
        """Read the container's variables, with the container's defaults."""
        base = Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
        return cls(
            base=base,
            port=int(environment.get("SAGEMAKER_BIND_TO_PORT", "8080")),
            program=environment.get("SAGEMAKER_PROGRAM") or None,
            submit_directory=Path(
                environment.get("SAGEMAKER_SUBMIT_DIRECTORY") or base / "model/code"
            ),
            default_accept=environment.get(
                "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
                JSON if environment.get("SAGEMAKER_PROGRAM") else CSV,
            ),
            workers=int(environment.get("SAGEMAKER_MODEL_SERVER_WORKERS", "1")),
            timeout_seconds=int(environment.get("SAGEMAKER_MODEL_SERVER_TIMEOUT", "60")),
        )


def check_model_folder(folder: Path) -> None:
    """Refuse what the container would try to load as a further model.

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


def load(settings: Settings) -> flask.Flask:
    """Import the user module, or none, and load the model."""
    model_folder = settings.base / "model"
    if settings.program is None:
        # XGBoost takes longer to import than all else; a user module may not need it.
        mode = importlib.import_module("algorithm_mode")
        app: flask.Flask = mode.algorithm_application(model_folder, settings.default_accept)
        return app
    module = importlib.import_module(settings.program.removesuffix(".py"))
    transform = load_transform(module, str(model_folder))
    return application(transform, settings.default_accept)


def application(transform: Function, default_accept: str) -> flask.Flask:
    """Build the application of a user module, with the container's two routes.

    The 6 MiB body limit belongs to the SageMaker runtime, not to the container.
    """
    app = flask.Flask(__name__)

    @app.get("/ping")
    def ping() -> flask.Response:
        return flask.Response(status=200)

    @app.post("/invocations")
    def invocations() -> Any:
        headers = flask.request.headers
        content_type = headers.get("ContentType") or headers.get("Content-Type") or JSON
        accept = headers.get("Accept")
        body = flask.request.get_data()
        # The container hands over text for exactly these two, bytes for anything else.
        content = body.decode(errors="replace") if content_type in (JSON, CSV) else body
        result = transform(
            content,
            content_type,
            default_accept if not accept or accept == "*/*" else accept,
        )
        if isinstance(result, tuple):
            return flask.Response(result[0], mimetype=result[1])
        return result

    return app


class Server(gunicorn.app.base.BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn whose workers each load the model; a worker that cannot ends the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", f"127.0.0.1:{self._settings.port}")
        self.cfg.set("workers", self._settings.workers)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", 4)
        self.cfg.set("timeout", self._settings.timeout_seconds)
        self.cfg.set("keepalive", 60)
        self.cfg.set("accesslog", "-")
        self.cfg.set("proc_name", "serve")
        self.cfg.set("control_socket_disable", True)

    def load(self) -> flask.Flask:
        return load(self._settings)


def main() -> int:
    """Serve until SIGTERM; a model that cannot be served ends in one sentence and exit code 1."""
    settings = Settings.from_environment(dict(os.environ))
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        check_model_folder(settings.base / "model")
        if settings.program is not None:
            install(settings.submit_directory, settings.base, settings.program)
    except (ModelFolderError, InstallModuleError) as error:
        print(f"serve: {error}", file=sys.stderr)
        return 1
    Server(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
