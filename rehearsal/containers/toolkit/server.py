"""Serves a user module as AWS's images do: Flask under gunicorn on one address.

1. copy the submitted code to `code/` beside `model/` and install it with pip;
2. import the user module and load the model, in each worker;
3. answer `GET /ping` and `POST /invocations` until SIGTERM.

`SAGEMAKER_BASE_DIR` stands for `/opt/ml`. Imitates `_server.py` and `_env.py` of
sagemaker-containers 2.8.6; the differences are listed in docs/decisions/build-serving-errors.md.
"""

from __future__ import annotations

import importlib
import sys
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask
import gunicorn.app.base

from rehearsal.containers.toolkit.command import CommandFailedError
from rehearsal.containers.toolkit.module_install import (
    OwnEnvironment,
    install_package,
    make_package,
)
from rehearsal.containers.toolkit.transformer import Defaults, application, load_transform
from rehearsal.containers.toolkit.user_code import CodeInS3Error, put_in_place


@dataclass(frozen=True)
class ServingEnvironment:
    """What a container reads from its environment when it serves.

    Args:
        socket: file in which it listens instead of on the port; empty: none.
    """

    base: Path
    port: int
    socket: str
    program: str | None
    submit_directory: str
    workers: int
    timeout_seconds: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> ServingEnvironment:
        """Read the container's variables, with the container's defaults; but with one worker."""
        base = Path(environment.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
        return cls(
            base=base,
            port=int(environment.get("SAGEMAKER_BIND_TO_PORT", "8080")),
            socket=environment.get("REHEARSAL_BIND_TO_SOCKET", ""),
            program=environment.get("SAGEMAKER_PROGRAM") or None,
            submit_directory=environment.get("SAGEMAKER_SUBMIT_DIRECTORY", str(base / "code")),
            workers=int(environment.get("SAGEMAKER_MODEL_SERVER_WORKERS", "1")),
            timeout_seconds=int(environment.get("SAGEMAKER_MODEL_SERVER_TIMEOUT", "60")),
        )


def serve_user_module(environment: ServingEnvironment, defaults: Callable[[], Defaults]) -> int:
    """Serve the user module; what cannot be installed ends in its words and exit code 1."""
    program = environment.program or ""
    try:
        _install(environment, program)
    except CommandFailedError:
        print(
            "serve: pip could not install the code, as the container does before it serves; the "
            "lines above say why.",
            file=sys.stderr,
        )
        return 1
    except (CodeInS3Error, OSError, tarfile.TarError) as error:
        print(f"serve: {error}", file=sys.stderr)
        return 1

    def load() -> flask.Flask:
        module = importlib.import_module(program.removesuffix(".py"))
        transform = load_transform(module, str(environment.base / "model"), defaults)
        return application(transform, getattr(module, "execution_parameters_fn", None))

    Server(environment, load).run()
    return 0


def _install(environment: ServingEnvironment, program: str) -> None:
    code = environment.base / "code"
    put_in_place(environment.submit_directory, code)
    code.mkdir(exist_ok=True)
    make_package(code, program)
    own = OwnEnvironment.make(environment.base / "venv")
    install_package(code, own, is_code_told=False)
    sys.path[:0] = [str(code), str(own.packages)]


class Server(gunicorn.app.base.BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn whose workers each load the model; a worker that cannot ends the server."""

    def __init__(self, environment: ServingEnvironment, load: Callable[[], flask.Flask]) -> None:
        self._environment = environment
        self._load = load
        super().__init__()

    def load_config(self) -> None:
        """Bind to loopback alone, and let threads answer several requests at once."""
        chosen = self._environment
        settings: dict[str, Any] = {
            "bind": f"unix:{chosen.socket}" if chosen.socket else f"127.0.0.1:{chosen.port}",
            "workers": chosen.workers,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": chosen.timeout_seconds,
            "keepalive": 60,
            "accesslog": "-",
            "proc_name": "serve",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> flask.Flask:
        """What a worker answers with."""
        return self._load()
