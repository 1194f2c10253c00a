"""How predictions are judged: by hand, by scikit-learn, and where nothing can be judged."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import quality
import sklearn.metrics
from dataset import Column
from groups import errors_by_group
from metrics import SECTIONS, metrics_of

COLUMNS = [
    Column(name="size", type="number"),
    Column(name="town", type="category"),
    Column(name="noise", type="number"),
    Column(name="id", type="identifier"),
]
SAMPLE = 200


def values(task: str, labels: list[float], predictions: Any) -> dict[str, float]:
    report = quality.measure(task, np.array(labels), np.array(predictions))
    return {name: metric["value"] for name, metric in report[SECTIONS[task]].items()}


def sample(task: str, count: int = SAMPLE) -> tuple[Any, Any, list[list[str]]]:
    """Labels, what `predict` says, and records; the label follows size, noise tells nothing."""
    source = np.random.default_rng(3)
    sizes = source.random(count)
    rows = [
        [f"{size:.3f}", "north" if size > 0.5 else "south", f"{source.random():.3f}", str(number)]
        for number, size in enumerate(sizes)
    ]
    noisy = sizes + source.normal(0, 0.2, count)
    labels = {
        "regression": noisy * 10,
        "binary": (noisy > 0.6).astype(float),
        "multiclass": np.digitize(noisy, [0.3, 0.7]).astype(float),
    }[task]
    return labels, predict(task, rows), rows


def predict(task: str, rows: list[list[str]]) -> Any:
    sizes = np.array([float(row[0]) for row in rows])
    if task == "regression":
        return sizes * 10
    if task == "binary":
        return sizes.clip(0.01, 0.99)
    weights = np.exp(-20 * (sizes[:, np.newaxis] - np.array([0.1, 0.5, 0.9])) ** 2)
    return weights / weights.sum(axis=1, keepdims=True)


def card(task: str, count: int = SAMPLE) -> dict[str, Any]:
    labels, predictions, rows = sample(task, count)
    classes = {"regression": (), "binary": ("no", "yes"), "multiclass": ("a", "b", "c")}[task]
    return quality.card(
        task, classes, labels, predictions, rows, COLUMNS, lambda some: predict(task, some), 0
    )


def test_errors_of_numbers_are_as_computed_by_hand() -> None:
    assert values("regression", [1, 2, 3, 6], [2, 2, 1, 6]) == pytest.approx(
        {"mse": 1.25, "rmse": math.sqrt(1.25), "mae": 0.75, "r2": 1 - 5 / 14}
    )


def test_two_classes_are_judged_as_by_hand() -> None:
    found = values("binary", [0, 1, 1, 0], [0.2, 0.8, 0.4, 0.5])
    assert found == pytest.approx(
        {
            "auc": 0.75,
            "au_prc": 1 / 2 + 1 / 3,
            "accuracy": 0.5,
            "balanced_accuracy": 0.5,
            "precision": 0.5,
            "recall": 0.5,
            "f1": 0.5,
            "log_loss": -sum(map(math.log, (0.8, 0.8, 0.4, 0.5))) / 4,
        }
    )


@pytest.mark.parametrize("task", SECTIONS)
def test_all_metrics_of_the_task_are_those_of_scikit_learn(task: str) -> None:
    labels, predictions, _ = sample(task)
    known = sklearn.metrics
    if task == "regression":
        expected = {
            "mse": known.mean_squared_error(labels, predictions),
            "rmse": known.root_mean_squared_error(labels, predictions),
            "mae": known.mean_absolute_error(labels, predictions),
            "r2": known.r2_score(labels, predictions),
        }
    else:
        answers = predictions >= 0.5 if task == "binary" else predictions.argmax(axis=1)
        expected = {
            "accuracy": known.accuracy_score(labels, answers),
            "balanced_accuracy": known.balanced_accuracy_score(labels, answers),
            "log_loss": known.log_loss(labels, predictions),
        }
    if task == "binary":
        expected |= {
            "auc": known.roc_auc_score(labels, predictions),
            "au_prc": known.average_precision_score(labels, predictions),
            "precision": known.precision_score(labels, answers),
            "recall": known.recall_score(labels, answers),
            "f1": known.f1_score(labels, answers),
        }
    if task == "multiclass":
        expected |= {
            "weighted_f1": known.f1_score(labels, answers, average="weighted"),
            "macro_f1": known.f1_score(labels, answers, average="macro"),
        }
    assert values(task, labels, predictions) == pytest.approx(expected, rel=1e-9)
    assert set(expected) == {metric.name for metric in metrics_of(task)}


def test_an_interval_is_as_wide_as_theory_says_and_the_same_each_time() -> None:
    source = np.random.default_rng(0)
    for count in (400, 40_000):  # all are resampled, and a choice of them
        errors = source.normal(0, 1, count)
        report = quality.measure("regression", np.zeros(count), errors, seed=1)
        mse = report["regression_metrics"]["mse"]
        theory = math.sqrt(2 / count)  # of the mean of squares of normal numbers
        assert mse["standard_deviation"] == pytest.approx(theory, rel=0.25)
        low, high = mse["confidence_interval"]
        assert high - low == pytest.approx(2 * 1.96 * theory, rel=0.25)
        assert low < mse["value"] < high
        assert report == quality.measure("regression", np.zeros(count), errors, seed=1)


def test_an_interval_ends_where_the_metric_does() -> None:
    labels = np.zeros(20_000)
    predictions = np.zeros(20_000)
    predictions[:3] = 1.0  # one wrong record more or less among those resampled outweighs them
    for seed in range(6):
        report = quality.measure("binary", labels, predictions, seed=seed)
        low, high = report["binary_classification_metrics"]["accuracy"]["confidence_interval"]
        assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    ("labels", "missing"),
    [([1.0, 1.0, 1.0], {"auc"}), ([0.0, 0.0, 0.0], {"auc", "au_prc", "recall", "f1"})],
)
def test_what_one_class_cannot_tell_is_left_out_and_said(
    labels: list[float], missing: set[str]
) -> None:
    report = quality.measure("binary", np.array(labels), np.array([0.7, 0.2, 0.9]))
    assert set(report["undefined_metrics"]) == missing
    section = report["binary_classification_metrics"]
    assert {metric.name for metric in metrics_of("binary")} == missing | set(section)
    with pytest.raises(quality.QualityError, match="metric auc is not defined: it compares two"):
        quality.metric_value(report, "binary", "auc")
    with pytest.raises(quality.QualityError, match="the task binary has none of that name"):
        quality.metric_value(report, "binary", "gini")
    assert quality.metric_value(report, "binary", "accuracy") == section["accuracy"]["value"]


@pytest.mark.parametrize(
    ("task", "labels", "predictions", "why"),
    [
        ("regression", [], [], "there is no test record"),
        ("regression", [1, 2], [1], "2 test records .* shape 1;"),
        ("regression", [1, 2], [1, math.nan], "record 2 is no finite number"),
        ("regression", [1, 2], [1e39, 2], "record 1 is no finite number"),
        ("binary", [0, 1], [0.5, 1.5], "record 2 is no probability"),
        ("binary", [0, 1], [[0.5, 0.5], [0.5, 0.5]], "shape 2x2"),
        ("multiclass", [0, 2], [0, 2], "shape 2;"),
        ("multiclass", [0, 2], [[0.5, 0.5], [0.5, 0.5]], "2 probabilities .* class number 3"),
        ("multiclass", [0, 2], [[], []], "0 probabilities .* class number 3"),
        ("multiclass", [0, 2], [[0.1, 0.2, 0.7], [0.3, 0.3, 0.3]], "record 2 is no probability"),
        ("multiclass", [0, 1], [[0.5, 0.5], [-0.5, 1.5]], "record 2 is no probability"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_sentence(
    task: str, labels: list[float], predictions: Any, why: str
) -> None:
    with pytest.raises(quality.QualityError, match=why):
        quality.measure(task, np.array(labels, dtype=float), np.array(predictions, dtype=float))


@pytest.mark.parametrize("task", SECTIONS)
def test_a_card_shows_what_the_model_looks_at(task: str) -> None:
    found = card(task)
    importance = {column["name"]: column["increase"] for column in found["importance"]["columns"]}
    assert set(importance) == {"size", "town", "noise"}  # an identifier is no column of the model
    assert importance["size"] > 0
    assert importance["town"] == importance["noise"] == 0
    assert {part["column"] for part in found["errors"]} == set(importance)
    for part in found["errors"]:
        assert sum(group["records"] for group in part["groups"]) == SAMPLE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["1", "1", "9", "9", "9"], [(1, 1, 2), (9, 9, 3)]),
        (
            [str(number) for number in range(10)],
            [(0, 1, 2), (2, 3, 2), (4, 5, 2), (6, 7, 2), (8, 9, 2)],
        ),
        (["0"] * 8 + ["5", "7"], [(0, 0, 8), (5, 7, 2)]),
        (["3", "", "x"], [(3, 3, 1), ("no value", 2)]),
        (["", " "], [("no value", 2)]),
    ],
)
def test_numbers_fall_into_ranges_of_about_as_many_records(
    fields: list[str], expected: list[tuple[Any, ...]]
) -> None:
    labels = np.zeros(len(fields))
    rows = [[field] for field in fields]
    (found,) = errors_by_group("regression", labels, labels, rows, COLUMNS[:1], [0])
    assert [tuple(group.values())[:-1] for group in found["groups"]] == expected


def test_of_wide_data_the_columns_that_go_with_the_predictions_are_shuffled() -> None:
    width = 1500
    source = np.random.default_rng(5)
    rows = [[f"{field:.2f}" for field in record] for record in source.random((100, width))]
    predicted: list[int] = []

    def last_column(some: list[list[str]]) -> Any:
        predicted.append(len(some) * width)
        return np.array([float(row[-1]) for row in some])

    columns = [Column(name=f"c{number}", type="number") for number in range(width)]
    labels = last_column(rows)
    predicted.clear()
    found = quality.card("regression", (), labels, labels, rows, columns, last_column, 0)
    assert found["importance"]["columns"][0]["name"] == f"c{width - 1}"
    assert found["importance"]["shuffled_columns"] < found["importance"]["used_columns"] == width
    assert sum(predicted) < 4_200_000


def test_of_many_columns_the_most_important_are_listed() -> None:
    names = [Column(name=f"c{number}", type="number") for number in range(60)]
    rows = [[str(record * (place + 1)) for place in range(60)] for record in range(20)]

    def last_column(some: list[list[str]]) -> Any:
        return np.array([float(row[-1]) for row in some])

    labels = last_column(rows)
    found = quality.card("regression", (), labels, labels, rows, names, last_column, 0)
    assert len(found["importance"]["columns"]) == 30
    assert found["importance"]["columns"][0]["name"] == "c59"
    assert found["importance"]["shuffled_columns"] == 60


def test_a_card_of_numbers_shows_every_residual() -> None:
    found = card("regression")
    assert sum(found["residuals"]["counts"]) == SAMPLE
    assert len(found["residuals"]["edges"]) == len(found["residuals"]["counts"]) + 1
    assert len(found["predicted_against_known"]["known"]) == SAMPLE
    assert len(card("regression", 2000)["predicted_against_known"]["known"]) == 500


def test_a_card_of_two_classes_agrees_with_its_metrics() -> None:
    labels, predictions, _ = sample("binary", 2000)
    found = card("binary", 2000)
    metrics = values("binary", labels, predictions)
    roc = found["roc"]
    assert len(roc["true_positive_rate"]) <= 102
    area = np.trapezoid(roc["true_positive_rate"], roc["false_positive_rate"])
    assert area == pytest.approx(metrics["auc"], abs=0.003)
    at_half = found["thresholds"]["threshold"].index(0.5)
    for name in ("precision", "recall", "f1"):
        assert found["thresholds"][name][at_half] == pytest.approx(metrics[name], rel=1e-4)
    matrix = np.array(found["confusion"]["counts"])
    assert matrix.sum() == sum(found["calibration"]["counts"]) == 2000
    assert np.trace(matrix) / 2000 == pytest.approx(metrics["accuracy"])


def test_of_many_classes_the_largest_are_listed_and_the_others_summed() -> None:
    labels = np.repeat(np.arange(50.0), np.arange(1, 51))
    predictions = np.eye(50)[labels.astype(int)]
    found = quality.card(
        "multiclass",
        [f"class {number}" for number in range(50)],
        labels,
        predictions,
        [["1"]] * labels.size,
        COLUMNS[:1],
        lambda rows: np.full((len(rows), 50), 0.02),
        0,
    )
    matrix = np.array(found["confusion"]["counts"])
    assert found["confusion"]["classes"] == [f"class {number}" for number in range(30, 50)]
    assert found["confusion"]["others"] == 30
    assert matrix.shape == (21, 21)
    assert matrix[20, 20] == 30 * 31 / 2
    assert {one["auc"] for one in found["classes"]} == {1.0}


def test_a_card_of_other_classes_than_the_model_s_is_refused() -> None:
    labels, predictions, rows = sample("multiclass")
    with pytest.raises(quality.QualityError, match=r"3 probabilities .* label has 4 classes"):
        quality.card(
            "multiclass",
            ("a", "b", "c", "d"),
            *(labels, predictions, rows, COLUMNS, lambda some: predict("multiclass", some), 0),
        )


@pytest.mark.parametrize("task", SECTIONS)
def test_a_card_is_json_and_the_same_each_time(task: str) -> None:
    text = json.dumps(card(task), allow_nan=False)
    assert text == json.dumps(card(task), allow_nan=False)
