"""The bundle as Lambda loads it."""

import subprocess
import sys
from pathlib import Path

_FUNCTIONS = Path(__file__).resolve().parents[3] / "functions"
_HANDLERS = ("project_repository", "project_data", "deploy_dispatch", "product_versions")


def test_importing_a_handler_does_nothing() -> None:
    program = (
        "import importlib, socket, boto3\n"
        "def refuse(*a, **k): raise AssertionError('importing must do nothing')\n"
        "boto3.client = socket.socket.connect = refuse\n"
        f"for name in {_HANDLERS!r}: importlib.import_module(name + '.handler').handle\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", program],
        cwd=_FUNCTIONS,
        env={"PYTHONPATH": str(_FUNCTIONS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
