"""The build repository as a customer receives it, and an environment made from its locks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SEED = Path(__file__).resolve().parents[3] / "seed_code/build_app"
IMAGES = Path(os.environ.get("REHEARSAL_IMAGES", SEED.parents[1] / ".images"))
CONFIGURATION = {
    "APPROVAL_TABLE": "mlops-sm-project-approvals",
    "ARTIFACT_BUCKET": "mlops-sm-project-p-abcdefghijkl",
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "EXECUTION_ROLE_ARN": "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-execution",
    "READER_ROLE_ARN": "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-reader",
    "KMS_KEY_ARN": "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000",
    "MODEL_PACKAGE_GROUP_NAME": "demo-p-abcdefghijkl",
    "PIPELINE_NAME": "demo-p-abcdefghijkl",
    "PROJECT_ID": "p-abcdefghijkl",
    "PROJECT_NAME": "demo",
    "WORKFLOW_ROLE_ARN": "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-build",
}
# What a package client may need of the machine; nothing of AWS is among it.
KEPT_PREFIXES = ("UV_", "PIP_", "SSL_", "HTTP", "http", "NO_PROXY", "no_proxy", "XDG_CACHE_HOME")

Run = Callable[..., "subprocess.CompletedProcess[str]"]
Ask = Callable[..., dict[str, Any]]


def customer_environment() -> dict[str, str]:
    """A shell without AWS: no credentials, no configuration, no region."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT_PREFIXES)}
    return {**kept, "PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], "LANG": "C.UTF-8"}


def uv(*arguments: str, cwd: Path) -> None:
    """Run uv, of the virtual environment or of PATH."""
    beside = Path(sys.executable).with_name("uv")
    program = str(beside) if beside.exists() else "uv"
    environment = {**customer_environment(), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [program, *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def render(target: Path) -> Path:
    """Copy the seed and add `project.env`, as the repository function does."""
    left_out = shutil.ignore_patterns("__pycache__", ".venv", "*.egg-info", "*_cache")
    shutil.copytree(SEED, target, ignore=left_out)
    lines = [f"{name}={value}\n" for name, value in sorted(CONFIGURATION.items())]
    (target / "project.env").write_text("".join(lines), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered repository, without an environment."""
    return render(tmp_path_factory.mktemp("build") / "repository")


@pytest.fixture(scope="session")
def run_in(repository: Path) -> Run:
    """Run a program in the rendered repository as a customer would."""

    def run(*argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv, cwd=repository, env=customer_environment(), capture_output=True, text=True
        )

    return run


def new_environment(repository: Path, name: str, *locks: str) -> Path:
    """Make a virtual environment of lock files; return its `bin`."""
    uv("venv", "--quiet", "--python", sys.executable, name, cwd=repository)
    python = f"{name}/bin/python"
    uv("pip", "sync", "--quiet", "--python", python, "--require-hashes", *locks, cwd=repository)
    return repository / name / "bin"


@pytest.fixture(scope="session")
def test_bin(repository: Path) -> Path:
    """What a pull request's first job installs."""
    return new_environment(repository, ".venv-test", "requirements-test.txt")


@pytest.fixture(scope="session")
def sdk_bin(repository: Path) -> Path:
    """What the build and the definition job install: the SDK, the tests' needs, the commands."""
    folder = new_environment(repository, ".venv-sdk", "requirements.txt", "requirements-test.txt")
    arguments = ("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    python = str(folder / "python")
    uv("pip", "install", "--python", python, *arguments, cwd=repository)
    return folder


@contextmanager
def worker(python: Path, script: str, folder: Path, path: str = "") -> Iterator[Ask]:
    """A process that answers a line of JSON with one; a traceback in it is a missing answer."""
    environment = {**customer_environment(), "PYTHONPATH": path}
    with subprocess.Popen(
        [str(python), str(Path(__file__).with_name(script))],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(**case: Any) -> dict[str, Any]:
            print(json.dumps(case), file=process.stdin, flush=True)
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            return answer

        yield ask
        process.stdin.close()


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build repository as a data scientist has cloned it."""
    folder = render(tmp_path_factory.mktemp("proposals") / "repository")
    person = ("-c", "user.name=scientist", "-c", "user.email=scientist@example.com")
    for argv in (["init", "--quiet"], ["add", "."], [*person, "commit", "--quiet", "-m", "Seed"]):
        subprocess.run(["git", *argv], cwd=folder, env=customer_environment(), check=True)
    return folder


@pytest.fixture(scope="session")
def command(clone: Path, sdk_bin: Path) -> Iterator[Ask]:
    """Run a command of the repository in a process that stays; see `command_worker`."""
    with worker(sdk_bin / "python", "command_worker.py", clone) as ask:
        yield ask
