"""Preprocess, train, package, serve and evaluate on the sample, here and without AWS."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import evaluate
import models
import numpy as np
import preprocess
import pytest
import served_package
import xgboost
from fields import parse_number
from metrics import SECTIONS
from ml_pipelines.agreement import hyperparameters
from ml_pipelines.settings import DATASET_FILE, ROOT, SCRIPTS, read_pipeline_settings
from records import read_records, write_records
from tests.sample import COMMITTED_SAMPLE, DATASET, sample_file, sample_rows

SETTINGS = read_pipeline_settings()
if SETTINGS.algorithm.trains_by_itself:
    pytest.skip("the image trains by a program that is not here", allow_module_level=True)
TASK = SETTINGS.task.type
FEATURES, LABEL_POSITION = DATASET.features, DATASET.label_position
FIELDS = [field for position, field in enumerate(sample_rows(1)[0]) if position != LABEL_POSITION]
RECORD = write_records([FIELDS]).removesuffix("\r\n")
DATASET_OPTIONS = ["--dataset-file", str(DATASET_FILE)]


def train(channels: dict[str, Path], folder: Path) -> None:
    """Train with the repository's settings, as the container does, into a folder."""
    folder.mkdir()
    settings = hyperparameters(SETTINGS, DATASET)
    script = SETTINGS.algorithm.script
    if script is not None:
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        places = {f"SM_CHANNEL_{name.upper()}": str(place) for name, place in channels.items()}
        subprocess.run(
            [sys.executable, str(SCRIPTS / script), *arguments],
            env={**os.environ, **places, "SM_MODEL_DIR": str(folder)},
            check=True,
        )
        return
    rounds = settings.pop("num_round")
    settings.pop("early_stopping_rounds", None)
    table = np.loadtxt(channels["train"] / "train.csv", delimiter=",")
    matrix = xgboost.DMatrix(table[:, 1:], label=table[:, 0])
    model = xgboost.train(settings, matrix, int(rounds)).save_raw(raw_format="ubj")
    (folder / "xgboost-model").write_bytes(bytes(model))


@pytest.fixture(scope="module")
def training_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the records to train on: those that are committed, or the embedded sample."""
    folder = tmp_path_factory.mktemp("records")
    is_committed = COMMITTED_SAMPLE.is_file()
    records = COMMITTED_SAMPLE.read_bytes() if is_committed else sample_file(sample_rows())
    (folder / "sample.csv").write_bytes(records)
    return folder


@pytest.fixture(scope="module")
def job(training_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all three stages have run, for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("job")
    folders = ("train", "validation", "test", "statistics")
    options = [part for name in folders for part in (f"--{name}-dir", str(folder / name))]
    options += ["--input-dir", str(training_folder), "--input-url", "s3://bucket/sample.csv"]
    assert preprocess.main([*options, *DATASET_OPTIONS]) == 0
    channels = {name: folder / name for name in ("train", "validation")}
    train(channels, folder / "trained")
    (folder / "model").mkdir()
    with tarfile.open(folder / "model/model.tar.gz", "w:gz") as tar:
        tar.add(folder / "trained", ".")
    assert run_evaluation(folder) == 0
    return folder


@pytest.fixture
def own_job(job: Path, tmp_path: Path) -> Path:
    """A copy of it, for a test that changes it."""
    return shutil.copytree(job, tmp_path / "job")


def labels(job: Path) -> Any:
    """What is known of the test records."""
    label = [DATASET.label_column]
    return read_records((job / "test/labels.csv").read_bytes(), label, source="labels").numbers


def run_evaluation(job: Path, *live: str) -> int:
    folders = ("model", "statistics", "test", "package", "evaluation")
    options = [part for name in folders for part in (f"--{name}-dir", str(job / name))]
    options += ["--code-dir", str(SCRIPTS), "--task", TASK]
    options += ["--metric", SETTINGS.metric.name]
    return evaluate.main([*options, *DATASET_OPTIONS, *live])


@pytest.fixture
def served(job: Path, tmp_path: Path) -> Any:
    """The package, unpacked and loaded as the container loads it."""
    folder = tmp_path / "served"
    with tarfile.open(job / "package/model.tar.gz") as tar:
        served_package.unpack(tar, folder)
    module = served_package.import_served_code(folder / "code")
    return SimpleNamespace(module=module, model=module.model_fn(str(folder)))


def answer(served: Any, body: str | bytes, accept: str = "text/csv", sent: str = "text/csv") -> Any:
    return served.module.transform_fn(served.model, body, sent, accept)


def test_the_gate_s_metric_is_reported(
    job: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    report = json.loads((job / "evaluation/evaluation.json").read_text())
    measured = report[SECTIONS[TASK]][SETTINGS.metric.name]
    assert np.isfinite(measured["value"])
    known = {
        "committed": COMMITTED_SAMPLE.is_file(),
        "trained": len((job / "train/train.csv").read_text().splitlines()),
        "tested": len(labels(job)),
        "value": measured["value"],
        "interval": measured.get("confidence_interval"),
    }
    # Of this the scorecard of a pull request tells.
    record_testsuite_property("training", json.dumps(known))


@pytest.mark.skipif(COMMITTED_SAMPLE.is_file(), reason="how well your records are learnt is yours")
def test_the_sample_is_learnt_better_than_by_its_mean(job: Path) -> None:
    report = json.loads((job / "evaluation/evaluation.json").read_text())
    metrics = report[SECTIONS[TASK]]
    if TASK == "regression":
        assert 0 < metrics["mse"]["value"] < 0.75 * np.var(labels(job))
    else:
        assert metrics["balanced_accuracy"]["value"] > 1.5 / len(DATASET.classes)


def test_the_package_has_the_model_alone_in_its_root(job: Path) -> None:
    with tarfile.open(job / "package/model.tar.gz") as tar:
        names = tar.getnames()
    (model,) = (name for name in names if "/" not in name)
    assert model in models.MODELS
    served = {f"code/{script}" for script in served_package.SERVED_SCRIPTS}
    known = {"code/dataset.toml", "code/statistics.json"}
    assert served | known == set(names) - {model}


def test_the_served_code_is_all_in_the_package(served: Any) -> None:
    modules = {Path(script).stem for script in served_package.SERVED_SCRIPTS}
    used = {getattr(value, "__module__", None) for value in vars(served.module).values()}
    files = {Path(str(sys.modules[name].__file__)) for name in modules & used}
    assert len(files) > 1
    assert not any(file.is_relative_to(ROOT) for file in files)


def test_the_same_model_gives_the_same_package(own_job: Path) -> None:
    first = (own_job / "package/model.tar.gz").read_bytes()
    assert run_evaluation(own_job) == 0
    assert (own_job / "package/model.tar.gz").read_bytes() == first


def test_the_report_names_the_package_and_the_data(job: Path, training_folder: Path) -> None:
    report = json.loads((job / "evaluation/evaluation.json").read_text())
    package = (job / "package/model.tar.gz").read_bytes()
    data = (training_folder / "sample.csv").read_bytes()
    assert report["provenance"] == {
        "model_sha256": hashlib.sha256(package).hexdigest(),
        "data_sha256": hashlib.sha256(data).hexdigest(),
    }


def test_a_version_is_as_good_as_itself(own_job: Path) -> None:
    (own_job / "package").rename(own_job / "live")
    live = ("--live-arn", "arn", "--live-dir", str(own_job / "live"), "--better-than-live-by", "0")
    assert run_evaluation(own_job, *live) == 0
    report = json.loads((own_job / "evaluation/evaluation.json").read_text())
    found = report["comparison"]
    assert (found["live"], found["verdict"], found["is_refused"]) == ("arn", "same", 0)
    assert set(found["metrics"]) == set(report[SECTIONS[TASK]])
    assert {compared["difference"] for compared in found["metrics"].values()} == {0}
    assert 0 <= found["overlap"] <= 1


def test_the_report_s_sample_is_what_the_package_answers_to_each_record(
    job: Path, served: Any
) -> None:
    sample = json.loads((job / "evaluation/evaluation.json").read_text())["sample"]
    sent = read_records("\n".join(sample["records"]), FEATURES, source="sample").rows
    tested = read_records((job / "test/records.csv").read_bytes(), FEATURES, source="records").rows
    assert sent == tested[:20]
    answers = [numbers(answer(served, record)[0]) for record in sample["records"]]
    predictions = np.array(sample["predictions"]).reshape(len(answers), -1)
    assert np.array(answers) == pytest.approx(predictions, rel=1e-6)
    assert len(np.unique(answers, axis=0)) > 1


def numbers(line: str) -> list[float]:
    return [parse_number(cell) for cell in line.strip().split(",")]


def test_raw_records_give_a_line_each_of_one_number_or_of_a_probability_a_class(
    served: Any,
) -> None:
    body, media_type = answer(served, f"{RECORD}\n{RECORD}\n")
    first, second = (numbers(line) for line in body.splitlines())
    assert media_type == "text/csv"
    assert first == second
    assert len(first) == (len(DATASET.classes) if TASK == "multiclass" else 1)


def test_json_is_answered_when_asked_for(served: Any) -> None:
    body, media_type = answer(served, RECORD.encode(), accept="application/json")
    assert media_type == "application/json"
    (prediction,) = json.loads(body)["predictions"]
    assert set(prediction) == {"score", *(["predicted_label"] if DATASET.classes else [])}
    assert prediction.get("predicted_label") in (*DATASET.classes, None)


def test_a_value_that_its_column_cannot_hold_is_a_400_that_names_the_column(served: Any) -> None:
    strict = [i for i, column in enumerate(FEATURES) if column.type == "number" or column.values]
    for position, column in ((i, FEATURES[i]) for i in strict):
        fields = [*FIELDS[:position], "no such value", *FIELDS[position + 1 :]]
        response = answer(served, write_records([fields]))
        assert response.status_code == 400
        assert f"column '{column.name}'" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (f"{RECORD},9", "surplus value '9'"),
        ("", "empty"),
        ('"', "not CSV"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_malformed_record_is_a_400_that_says_why(
    served: Any, body: str | bytes, named: str
) -> None:
    response = answer(served, body)
    assert response.status_code == 400
    assert named in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent", "accept", "status"),
    [
        ("application/json", "text/csv", 415),
        ("text/csv; charset=utf-16", "text/csv", 415),
        ("text/csv", "image/png", 406),
        ("text/csv", "text/csv;q=0", 406),
    ],
)
def test_other_media_types_are_refused(served: Any, sent: str, accept: str, status: int) -> None:
    assert answer(served, RECORD, accept=accept, sent=sent).status_code == status


def test_the_client_s_preference_counts(served: Any) -> None:
    for accept in ("*/*", "text/*", "text/csv; charset=utf-8", "application/json;q=0.5, text/csv"):
        assert answer(served, RECORD, accept, "TEXT/CSV; charset=UTF-8")[1] == "text/csv"
    for accept in ("application/*", "text/csv;q=0.1, application/json"):
        assert answer(served, RECORD, accept)[1] == "application/json"


def test_the_module_does_not_mix_both_kinds_of_functions(served: Any) -> None:
    # The container refuses a module that defines transform_fn and one of these.
    assert not any(hasattr(served.module, name) for name in ("input_fn", "predict_fn", "output_fn"))


def test_an_archive_without_model_is_refused(
    own_job: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tarfile.open(own_job / "model/model.tar.gz", "w:gz"):
        pass
    assert run_evaluation(own_job) == 1
    assert "holds neither 'xgboost-model' nor 'model.joblib'" in capsys.readouterr().err
