"""Whoever changes `pipeline.toml` as the README says keeps green checks."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.seed.ml_pipelines.any_pipeline import IMAGE, to_toml, valid_pipelines

from .conftest import customer_environment

CHANGES: dict[str, dict[str, Any]] = {
    "data": {"url": "s3://my-own-data/rings/2026/", "split_seed": 7},
    "jobs": {
        "processing_instance_type": "ml.c5.xlarge",
        "training_instance_type": "ml.m5.2xlarge",
        "volume_size_gib": 50,
        "training_timeout_seconds": 7200,
        "cache_expires_after": "P1D",
        "training_spot": True,
        "training_max_wait_seconds": 9000,
        "subnets": ["subnet-0123456789abcdef0"],
        "security_groups": ["sg-0123456789abcdef0"],
    },
    "gate": {"metric": "r2", "threshold": 0.25},
    "registration": {
        "approval_status": "Rejected",
        "inference_instance_types": ["ml.c5.large"],
        "transform_instance_types": ["ml.c5.xlarge", "ml.m5.xlarge"],
    },
}
HYPERPARAMETERS = {"num_round": 150, "max_depth": 4, "eta": 0.2, "seed": 1}


def run(folder: Path, python: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environment = customer_environment()
    return subprocess.run(
        [str(python), *argv], cwd=folder, env=environment, capture_output=True, text=True
    )


def check_passes(folder: Path, python: Path, *tests: str) -> None:
    done = run(folder, python, "-m", "pytest", "-q", *tests)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def changed(repository: Path, tmp_path: Path) -> Path:
    """A copy of the repository whose every setting that is meant to be changed has changed."""
    ignored = shutil.ignore_patterns(".venv*", "__pycache__", "*.egg-info")
    folder = Path(shutil.copytree(repository, tmp_path / "repository", ignore=ignored))
    file = folder / "pipeline.toml"
    shipped = tomllib.loads(file.read_text(encoding="utf-8"))
    values = {name: shipped[name] | CHANGES.get(name, {}) for name in shipped}
    values["algorithm"]["hyperparameters"] |= HYPERPARAMETERS
    file.write_text(to_toml(values), encoding="utf-8")
    return folder


def test_its_checks_pass(changed: Path, test_bin: Path, sdk_bin: Path) -> None:
    check_passes(changed, test_bin / "python", "tests/unit", "tests/training")
    check_passes(changed, sdk_bin / "python", "tests/definition")


def test_its_checks_pass_with_an_image_that_trains_by_itself(
    changed: Path, test_bin: Path, sdk_bin: Path
) -> None:
    file = changed / "pipeline.toml"
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    values["algorithm"] = {"image": IMAGE, "hyperparameters": {"depth": 3}}
    file.write_text(to_toml(values), encoding="utf-8")
    check_passes(changed, test_bin / "python", "tests/unit", "tests/training")
    check_passes(changed, sdk_bin / "python", "tests/definition")


def test_an_algorithm_that_sagemaker_does_not_know_is_one_sentence(
    changed: Path, sdk_bin: Path
) -> None:
    file = changed / "pipeline.toml"
    file.write_text(file.read_text().replace('"3.2-0"', '"99.9"'))
    done = run(changed, sdk_bin / "python", "-m", "ml_pipelines.get_pipeline_definition")
    assert (done.returncode, done.stdout) == (1, "")
    *by_the_sdk, said = done.stderr.splitlines()
    assert all(line.startswith("INFO:sagemaker.config:") for line in by_the_sdk)
    assert said == (
        "get-pipeline-definition: setting algorithm of pipeline.toml is refused: the SageMaker SDK "
        "knows no image of xgboost 99.9 in eu-west-1; choose another version."
    )


@pytest.mark.proof("settings")
@pytest.mark.timeout(1200)
@settings(
    max_examples=8,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=valid_pipelines)
def test_any_valid_settings_make_a_definition_that_its_checks_accept(
    changed: Path, sdk_bin: Path, values: dict[str, Any]
) -> None:
    (changed / "pipeline.toml").write_text(to_toml(values), encoding="utf-8")
    check_passes(changed, sdk_bin / "python", "tests/definition", "tests/unit/test_settings.py")
