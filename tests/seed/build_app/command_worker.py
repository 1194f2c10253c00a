"""Runs the repository's commands in the customer's environment: JSON lines in, outcomes out.

Its working directory is a clone of the build repository, which is put back before each command.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session

ROOT = Path.cwd()
sys.path[:0] = [str(ROOT), str(ROOT / "source_scripts")]
READ = ("dataset.toml", "pipeline.toml", "source_scripts/train.py")
requests: list[str] = []


def refuse_request(_session: URLLib3Session, request: Any) -> None:
    """Stand where requests to AWS leave the machine."""
    requests.append(request.url)
    raise EndpointConnectionError(endpoint_url=request.url)


def run(command: str, argv: list[str], before: dict[str, str]) -> dict[str, Any]:
    """Run a command once; what it said and asked of AWS, and what git sees of it."""
    git("checkout", "--quiet", ".")
    git("clean", "--quiet", "--force")
    for name, text in before.items():
        (ROOT / name).write_text(text, encoding="utf-8")
    requests.clear()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = importlib.import_module(f"ml_pipelines.{command}").main(argv)
    files = {name: read(ROOT / name) for name in READ}
    said = {"code": code, "out": out.getvalue(), "err": err.getvalue(), "requests": requests}
    return {**said, "changed": git("status", "--porcelain"), "files": files}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def git(*argv: str) -> str:
    done = subprocess.run(["git", *argv], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


# With these a request would leave; without, the SDK looks for others at its import.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_MAX_ATTEMPTS": "1",
}
URLLib3Session.send = refuse_request
for line in sys.stdin:
    sys.stdout.write(f"{json.dumps(run(**json.loads(line)))}\n")
    sys.stdout.flush()
