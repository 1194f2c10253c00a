"""The deploy repository as a customer receives it, installed from its own locks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SEED = Path(__file__).resolve().parents[3] / "seed_code/deploy_app"
TOOLS = Path(sys.executable).parent
GROUP = "demo-p-abcdefghijkl"
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}/1"
CONFIGURATION = {
    "APPROVAL_GATE": "environment",
    "ARTIFACT_BUCKET": "mlops-sm-project-p-abcdefghijkl",
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "EXECUTION_ROLE_ARN": "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-execution",
    "KMS_KEY_ARN": "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000",
    "MODEL_PACKAGE_GROUP_NAME": GROUP,
    "PROJECT_ID": "p-abcdefghijkl",
    "PROJECT_NAME": "demo",
}
# What a package client may need of the machine; nothing of AWS is among it.
KEPT_PREFIXES = ("UV_", "PIP_", "NPM_", "npm_", "SSL_", "NODE_EXTRA", "HTTP", "http", "NO_PROXY")
LEFT_OUT = ("__pycache__", ".venv", "node_modules", "cdk.out", ".ruff_cache")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def customer_environment() -> dict[str, str]:
    """A shell with Node and uv, and without AWS: no credentials, no configuration, no region."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT_PREFIXES)}
    path = f"{TOOLS}:{os.environ['PATH']}"
    node = shutil.which("node", path=path)
    assert node is not None
    return {
        **kept,
        "PATH": path,
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "JSII_NODE": node,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "CDK_VALIDATION": "false",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def render(target: Path) -> Path:
    """Copy the seed and add `project.env`, as the repository function does."""
    shutil.copytree(SEED, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
    lines = [f"{name}={value}\n" for name, value in sorted(CONFIGURATION.items())]
    (target / "project.env").write_text("".join(lines), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered repository, with nothing installed."""
    return render(tmp_path_factory.mktemp("deploy") / "repository")


@pytest.fixture(scope="session")
def run_in() -> Run:
    """Run a program in a repository as a customer would."""

    def run(
        folder: Path, *argv: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=folder,
            env={**customer_environment(), **(environment or {})},
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, run_in: Run) -> Path:
    """A rendered repository after the install step of `check.yml`."""
    folder = render(tmp_path_factory.mktemp("deploy-installed") / "repository")
    for command in (
        ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
        ("uv", "venv", "--python", sys.executable),
        ("uv", "pip", "sync", "--require-hashes", "requirements.txt"),
    ):
        done = run_in(folder, *command)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def template(installed: Path, run_in: Run) -> Path:
    """The template that the real CDK command line synthesizes for a sample model."""
    arguments = ("synth", "--quiet", "--output", "first.out")
    done = run_in(
        installed, "node_modules/.bin/cdk", *arguments, environment={"MODEL_PACKAGE_ARN": ARN}
    )
    assert done.returncode == 0, done.stderr
    return installed / "first.out/DevEndpoint.template.json"
