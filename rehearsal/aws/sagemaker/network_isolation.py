"""Containers without a network: each in a network namespace of its own, where one can be made.

Source: SageMaker developer guide, "Run Training and Inference Containers in Internet-Free Mode". A
new namespace has a loopback interface that is down, and a container's is up: `loopback_up.py`
raises it. `bwrap` does that itself; some systems let it make namespaces, and no other program.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_RAISE_LOOPBACK = (sys.executable, "-IS", str(Path(__file__).with_name("loopback_up.py")))
_WAYS = (
    ("unshare", "--net", *_RAISE_LOOPBACK),
    ("unshare", "--user", "--map-root-user", "--net", *_RAISE_LOOPBACK),
    ("bwrap", "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"),
)


@cache
def without_network() -> tuple[str, ...]:
    """What is put before a command that shall have no network; empty where nothing can be."""
    for program, *options in _WAYS:
        found = shutil.which(program)
        if found and _works((found, *options)):
            return (found, *options)
    logging.getLogger(__name__).warning(
        "No network namespace can be made here (unshare, bwrap): isolated containers have no "
        "credentials and no index of packages, but a network."
    )
    return ()


def resolved(argv: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> list[str]:
    """A command whose program is there, which would be found out too late behind another.

    Raises:
        OSError: it is not.
    """
    name = str(cwd / argv[0]) if "/" in argv[0] else argv[0]
    program = shutil.which(name, path=environment.get("PATH"))
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), argv[0])
    return [program, *argv[1:]]


def _works(command: Sequence[str]) -> bool:
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return done.returncode == 0
