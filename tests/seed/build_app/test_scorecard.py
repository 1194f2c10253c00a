"""The scorecard's first part, in the environment of the job that writes it: without the SDK."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from rehearsal.conductor.synthetic_abalone import generate

from .conftest import customer_environment

TRAINING = "tests/training/test_local_training.py::test_the_gate_s_metric_is_reported"


def scorecard(repository: Path, python: Path) -> str:
    """Train as the job does, in one test only, and write its part."""
    environment = customer_environment() | {"PYTHONPATH": "source_scripts"}
    for argv in (
        ["pytest", "-q", "--junit-xml=results.xml", TRAINING],
        ["ml_pipelines.write_scorecard", "--results", "results.xml"],
    ):
        done = subprocess.run(
            [str(python), "-m", *argv],
            cwd=repository,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("count", "sample"),
    [(0, "a synthetic sample | 420 records | 90 "), (300, "data/sample.csv | 210 records | 45 ")],
    ids=["generated", "committed"],
)
def test_it_names_the_sample_that_it_trained_on(
    repository: Path, test_bin: Path, tmp_path: Path, count: int, sample: str
) -> None:
    copy = tmp_path / "repository"
    shutil.copytree(repository, copy, ignore=shutil.ignore_patterns(".venv*", "__pycache__"))
    if count:
        (copy / "data").mkdir()
        (copy / "data/sample.csv").write_text("\n".join(generate(count)), encoding="utf-8")
    told = scorecard(copy, test_bin / "python")
    assert "1 passed, 0 failed, 0 skipped." in told
    assert f"| {sample}records | " in told
