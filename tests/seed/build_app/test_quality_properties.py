"""Whatever test records and predictions are: a bounded report and page, or a refusal.

The scripts run where the container's libraries are, in a process that stays for all examples.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import SEED, customer_environment

WORKER = Path(__file__).with_name("quality_worker.py")
LARGEST_REPORT_BYTES = 200_000
LARGEST_PAGE_BYTES = 300_000
ANY_EXAMPLE = settings(derandomize=True, database=None, max_examples=50)
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False)
SHARE = st.floats(0, 1)
TEXT = st.text(max_size=20) | st.sampled_from(["", "1.5", "-3e38", "nan", "0"])
LONG = st.sampled_from(["🜲" * 1000, "\x00\u202e" * 80])
SECTIONS = {
    "regression": "regression_metrics",
    "binary": "binary_classification_metrics",
    "multiclass": "multiclass_classification_metrics",
}


@pytest.fixture(scope="module")
def judge(test_bin: Path) -> Iterator[Any]:
    """Send a case to the worker; a traceback of it fails the test, as its answer is missing."""
    argv = [str(test_bin / "python"), str(WORKER)]
    path = os.pathsep.join([str(SEED), str(SEED / "source_scripts")])
    environment = {**customer_environment(), "OMP_NUM_THREADS": "1", "PYTHONPATH": path}
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        def ask(case: dict[str, Any]) -> dict[str, Any]:
            print(json.dumps(case), file=worker.stdin, flush=True)
            answer: dict[str, Any] = json.loads(worker.stdout.readline())
            return answer

        yield ask
        worker.stdin.close()


@st.composite
def _cases(draw: st.DrawFn) -> dict[str, Any]:
    """Records of any columns, and labels and predictions that fit a task."""
    task = draw(st.sampled_from([*SECTIONS]))
    count = draw(st.integers(1, 12))
    kinds = draw(st.lists(st.sampled_from(["number", "category", "text"]), max_size=5))
    names = st.text(min_size=1, max_size=5) | LONG
    columns = [{"name": draw(names), "type": kind} for kind in ["category", *kinds]]
    classes, labels, predictions = draw(_judged(task, count))
    return {
        "task": task,
        "classes": classes,
        "columns": columns,
        "features": [[draw(TEXT | LONG) for _ in columns] for _ in range(count)],
        "labels": labels,
        "predictions": predictions,
    }


@st.composite
def _judged(draw: st.DrawFn, task: str, count: int) -> tuple[list[str], list[float], list[Any]]:
    def several(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=count, max_size=count))

    if task == "regression":
        return [], several(SINGLE), several(SINGLE)
    size = 2 if task == "binary" else draw(st.integers(3, 40))
    classes = [f"{number}{draw(TEXT | LONG)}" for number in range(size)]
    labels = several(st.integers(0, size - 1).map(float))
    if task == "binary":
        return classes, labels, several(SHARE)
    sure = several(st.integers(0, size - 1))
    rest = draw(st.sampled_from([0.0, 0.1, 1.0]))
    table = [[rest / size + (1 - rest) * (place == one) for place in range(size)] for one in sure]
    return classes, labels, table


def check_sample(sample: dict[str, Any], case: dict[str, Any]) -> None:
    """It is whole records of the case, in their order, with their predictions."""
    written = [parsed(record) for record in sample["records"]]
    known = [*zip(case["features"], case["predictions"], strict=True)]
    found = iter(known)
    assert all(pair in found for pair in zip(written, sample["predictions"], strict=True))
    assert 1 <= len(written) <= min(len(known), 20)


def parsed(record: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(record, newline=""))
    return row


@ANY_EXAMPLE
@given(case=_cases())
def test_any_split_gives_a_bounded_report_of_finite_numbers(
    judge: Any, case: dict[str, Any]
) -> None:
    answer = judge(case)
    report = answer["report"]
    assert answer["bytes"] <= LARGEST_REPORT_BYTES
    check_sample(report["sample"], case)
    assert answer["page_bytes"] <= LARGEST_PAGE_BYTES
    section = report[SECTIONS[case["task"]]]
    assert section
    for metric in section.values():
        low, high = metric.get("confidence_interval", [0.0, 0.0])
        assert low <= high
        assert metric.get("standard_deviation", 0.0) >= 0


@ANY_EXAMPLE
@given(
    task=st.sampled_from([*SECTIONS]),
    predictions=st.lists(
        st.floats() | st.lists(st.floats(), min_size=2, max_size=2), max_size=4
    ).filter(lambda values: len({type(value) for value in values}) < 2),
)
def test_any_predictions_are_judged_or_refused_in_one_sentence(
    judge: Any, task: str, predictions: list[Any]
) -> None:
    case = {"task": task, "classes": [] if task == "regression" else ["no", "yes"]}
    answer = judge(
        {
            **case,
            "labels": [0.0, 1.0, 1.0][: max(len(predictions), 1)],
            "predictions": predictions,
            "columns": [{"name": "x", "type": "number"}],
            "features": [["1"], ["2"], ["3"]][: max(len(predictions), 1)],
        }
    )
    assert "refused" not in answer or answer["refused"].isprintable()


@pytest.mark.parametrize("task", SECTIONS)
def test_the_widest_and_longest_data_give_a_bounded_card(judge: Any, task: str) -> None:
    count, width, size = 60, 2000, 1000
    label = {"regression": 1e-30, "binary": 1.0, "multiclass": 1.0}[task]
    sizes = {"regression": 0, "binary": 2, "multiclass": size}
    long = "🜲" * 500
    predictions: list[Any] = [0.123456789 * (number % 7) / 6 for number in range(count)]
    if task == "multiclass":
        predictions = [[1 / size] * size for _ in range(count)]
    kinds = [["number", "category"][number % 2] for number in range(width)]
    answer = judge(
        {
            "task": task,
            "classes": [f"{number} {long}" for number in range(sizes[task])],
            "labels": [label * (number % (sizes[task] or 9)) for number in range(count)],
            "predictions": predictions,
            "columns": [{"name": f"{n} {long}", "type": kind} for n, kind in enumerate(kinds)],
            "features": [
                [f"{long if place < 20 else ''}{number * place}" for place in range(width)]
                for number in range(count)
            ],
        }
    )
    assert 50_000 < answer["bytes"] <= LARGEST_REPORT_BYTES
    assert answer["page_bytes"] <= LARGEST_PAGE_BYTES


@pytest.mark.parametrize(("length", "fits"), [(39_000, 20), (79_000, 1), (80_000, 0)])
def test_records_too_long_for_the_sample_are_left_out_as_a_whole(
    judge: Any, length: int, fits: int
) -> None:
    count = 30
    short = 18 if fits == 20 else 0
    answer = judge(
        {
            "task": "regression",
            "classes": [],
            "labels": [float(number) for number in range(count)],
            "predictions": [float(number) for number in range(count)],
            "columns": [{"name": "note", "type": "text"}, {"name": "size", "type": "number"}],
            "features": [["x" * (length if n >= short else 1), "1"] for n in range(count)],
        }
    )
    if fits:
        assert len(answer["report"]["sample"]["records"]) == fits
        assert answer["bytes"] <= LARGEST_REPORT_BYTES
    else:
        assert "none fits into the sample of evaluation.json" in answer["refused"]
