"""Types `python -m operations`: by endpoint and credentials alone, or in the process of a test."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from operations.cli import cli
from operations.command_line import run
from rehearsal.tests.emulator.local_aws import REGION, LocalAws

_ROOT = Path(__file__).resolve().parents[3]


def type_command(
    *words: str, settings: Mapping[str, str], timeout: float = 120, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with these variables and the path alone."""
    return subprocess.run(
        [sys.executable, "-m", "operations", *words],
        cwd=_ROOT,
        env={"PATH": os.environ["PATH"], "AWS_REGION": REGION, **settings},
        capture_output=True,
        input=stdin,
        text=True,
        check=False,
        timeout=timeout,
    )


@dataclass(frozen=True)
class Told:
    """What a command tells: the code that it ends with, its output and its errors."""

    exit_code: int
    output: str
    error: str


def type_here(*words: str) -> Told:
    """Run a command to its end in this process, with its settings and without a terminal."""
    output, error = io.StringIO(), io.StringIO()
    with redirect_stdout(output), redirect_stderr(error), patch.object(sys, "argv", ["", *words]):
        code = run(cli, "python -m operations")
    return Told(code, output.getvalue(), error.getvalue())


def settings_of(aws: LocalAws, keys: tuple[str | None, ...] | None = None) -> dict[str, str]:
    """Variables that say where AWS is and who asks; root if no keys are given."""
    access_key, secret, token = keys or aws.root_keys
    return {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": str(access_key),
        "AWS_SECRET_ACCESS_KEY": str(secret),
        **({"AWS_SESSION_TOKEN": token} if token else {}),
    }
