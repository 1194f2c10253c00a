"""Runs pip and the script, and words their failures as AWS's two toolkits do.

Imitates `_process.py` of sagemaker-containers 2.8.6 and `process.py` of sagemaker-training 4.8.0.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from rehearsal.containers.toolkit.errors import ClientError


class CommandFailedError(ClientError):
    """A command ended with another exit code than 0; what it said is in the log."""


def run(
    argv: Sequence[str],
    code: Path,
    kind: str,
    *,
    is_code_told: bool,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run a command in the folder of the code.

    Args:
        argv: the command.
        code: the folder.
        kind: what the toolkit calls the failure.
        is_code_told: whether the toolkit tells the exit code in it.
        variables: of the command, beside the container's.

    Raises:
        CommandFailedError: it failed.
    """
    words = " ".join(argv)
    print(f"Running the following command:\n\n{words}\n", flush=True)
    done = subprocess.run(argv, cwd=code, env={**os.environ, **variables}, check=False)
    if done.returncode:
        told = f'ExitCode {done.returncode}\nErrorMessage ""\n' if is_code_told else ""
        raise CommandFailedError(f'{kind}:\n{told}Command "{words}"')
