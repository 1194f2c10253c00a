"""Runs a training script and reports how it ended, as AWS's training toolkits do.

`output/success` is written, or `output/failure`, whose first 1,024 characters SageMaker shows as
the reason. Imitates `_trainer.py` and `_process.py` of sagemaker-containers 2.8.6, and `trainer.py`
and `process.py` of sagemaker-training 4.8.0; the traceback of a framework error is in the log only.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rehearsal.containers.toolkit.errors import ClientError


class UserScriptError(ClientError):
    """The script ended with another exit code than 0."""

    def __init__(self, exit_code: int, command: str, *, is_code_told: bool) -> None:
        told = f'ExitCode {exit_code}\nErrorMessage ""\n' if is_code_told else ""
        super().__init__(f'ExecuteUserScriptError:\n{told}Command "{command}"')


def run_script(
    argv: Sequence[str], code: Path, variables: Mapping[str, str], *, is_code_told: bool
) -> None:
    """Run the script in the folder of the code; `is_code_told`: a failure names its exit code.

    Raises:
        UserScriptError: it failed.
    """
    print(f"Invoking script with the following command:\n\n{shlex.join(argv)}\n", flush=True)
    done = subprocess.run(argv, cwd=code, env={**os.environ, **variables}, check=False)
    if done.returncode:
        raise UserScriptError(done.returncode, " ".join(argv), is_code_told=is_code_told)


def report(
    base: Path, train: Callable[[], None], *, framework_error: str, is_script_heard: bool = False
) -> int:
    """Train, write down how it ended, and return the container's exit code.

    What fails beside the script begins with `framework_error`; if `is_script_heard`, a failure that
    the script wrote down itself stays.
    """
    try:
        train()
    except ClientError as error:
        reason, exit_code = str(error), 1
    except Exception as error:  # noqa: BLE001 - the job must name any cause, as the container does
        traceback.print_exc()
        reason, exit_code = f"{framework_error}{error}", getattr(error, "errno", None) or 1
    else:
        _write(base / "output/success", "")
        return 0
    print(reason, file=sys.stderr)
    failure = base / "output/failure"
    if not (is_script_heard and failure.exists()):
        _write(failure, reason)
    return exit_code


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
