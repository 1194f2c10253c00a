"""The training program of the local image, as a real process."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import CHANNEL, HYPERPARAMETERS, Image, Job

ROWS = "".join(f"{label},{label * 2},{label % 3}\n" for label in range(40))


def test_synthetic_data_is_learnt_below_the_gate_with_margin(lifecycle: Path) -> None:
    report = json.loads((lifecycle / "evaluation/evaluation.json").read_text())
    assert 3.5 < report["regression_metrics"]["mse"]["value"] < 5.5


def test_every_round_prints_its_metrics_in_the_containers_form(lifecycle: Path) -> None:
    log = (lifecycle / "training.log").read_text()
    rounds = re.findall(r"^\[(\d+)\]\ttrain-rmse:\d+\.\d+\tvalidation-rmse:\d+\.\d+$", log, re.M)
    assert rounds == [str(number) for number in range(80)]


def test_the_model_folder_holds_the_model_alone(lifecycle: Path) -> None:
    assert [path.name for path in (lifecycle / "ml/model").iterdir()] == ["xgboost-model"]


def test_libsvm_is_read(image: Image, job: Job) -> None:
    job.configure({"num_round": "3"}, train={"TrainingInputMode": "File"})
    job.write("train", "".join(f"{label} 1:{label * 2} 3:1\n" for label in range(40)))
    done = image.start("train", SAGEMAKER_BASE_DIR=str(job.base))
    assert done.returncode == 0, done.stderr
    assert (job.base / "model/xgboost-model").stat().st_size > 0


def _rounds(image: Image, job: Job) -> int:
    script = (
        "import sys, xgboost; print(xgboost.Booster(model_file=sys.argv[1]).num_boosted_rounds())"
    )
    model = (job.base / "model/xgboost-model").rename(job.base / "model.ubj")
    argv = [str(image.python), "-c", script, str(model)]
    done = subprocess.run(argv, env=image.environment(), capture_output=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize(
    ("metric", "validated", "kept"),
    [
        ({"eval_metric": "rmse"}, True, 3),
        ({"eval_metric": "rmse,mae"}, True, 3),
        ({"eval_metric": "rmse"}, False, 60),
        ({}, True, 60),
    ],
)
def test_training_stops_early_by_a_metric_alone_and_keeps_the_best_round(
    image: Image, job: Job, metric: dict[str, str], validated: bool, kept: int
) -> None:
    """The validation labels are what three rounds predict: from there on each is worse."""
    learnt = "".join(f"{label},{label}\n" for label in range(40))
    settings = {"num_round": "60", "eta": "0.5", "lambda": "0", "early_stopping_rounds": "5"}
    settings |= {"base_score": "0", "min_child_weight": "0", "max_depth": "8"}
    channels = {"train": CHANNEL, "validation": CHANNEL} if validated else {"train": CHANNEL}
    job.configure({**settings, **metric}, **channels)
    job.write("train", learnt)
    if validated:
        job.write("validation", "".join(f"{label * 0.875},{label}\n" for label in range(40)))
    done = image.start("train", SAGEMAKER_BASE_DIR=str(job.base))
    assert done.returncode == 0, done.stderr
    assert _rounds(image, job) == kept


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"learning_speed": "1"}, "Extraneous hyperparameter found: learning_speed"),
        ({"eta": "1.5"}, "Hyperparameter eta: 1.5 is not in [0, 1]"),
        ({"subsample": "0"}, "Hyperparameter subsample: 0.0 is not in (0, 1]"),
        ({"max_depth": "deep"}, "Hyperparameter max_depth: could not parse value"),
        ({"objective": "reg:cubed"}, "Hyperparameter objective: reg:cubed is not in"),
        ({"num_round": "0"}, "Hyperparameter num_round: 0 is not in [1, +inf)"),
        ({"objective": "multi:softmax"}, "Require input for parameter 'num_class'"),
    ],
)
def test_a_refused_hyperparameter_is_named_in_the_failure(
    image: Image, job: Job, changed: dict[str, str], reason: str
) -> None:
    job.configure({**HYPERPARAMETERS, **changed}, train=CHANNEL)
    job.write("train", ROWS)
    done = image.start("train", SAGEMAKER_BASE_DIR=str(job.base))
    assert done.returncode == 1
    assert job.failure.startswith(reason)
    assert not (job.base / "model").exists()


def test_num_round_is_required(image: Image, job: Job) -> None:
    job.configure({"eta": "0.1"}, train=CHANNEL)
    done = image.start("train", SAGEMAKER_BASE_DIR=str(job.base))
    assert done.returncode == 1
    assert job.failure == "Missing required hyperparameter: num_round"


@pytest.mark.parametrize(
    ("channels", "text", "reason"),
    [
        ({}, ROWS, "Missing required channel: train"),
        ({"train": CHANNEL, "extra": CHANNEL}, ROWS, "Extraneous channel found: extra"),
        ({"train": {"ContentType": "image/png"}}, ROWS, "image/png is not an accepted ContentType"),
        ({"train": CHANNEL}, "", "No data in train channel path"),
        ({"train": CHANNEL}, "rings,length\n" + ROWS, "Failed to load csv data"),
        ({"train": CHANNEL, "validation": CHANNEL}, ROWS, "No data in validation channel path"),
    ],
)
def test_refused_data_is_named_in_the_failure(
    image: Image, job: Job, channels: dict[str, dict[str, str]], text: str, reason: str
) -> None:
    job.configure(HYPERPARAMETERS, **channels)
    job.write("train", text)
    done = image.start("train", SAGEMAKER_BASE_DIR=str(job.base))
    assert done.returncode == 1
    assert job.failure.startswith(reason)
