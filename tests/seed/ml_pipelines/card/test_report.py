"""Any bytes as a report are a page or one sentence."""

from __future__ import annotations

import copy
import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ml_pipelines.card.gallery import pictures
from ml_pipelines.card.page import page
from ml_pipelines.card.picture import svg_file
from ml_pipelines.card.report import LARGEST_REPORT_BYTES, ReportError, parse_report

from .reports import REPORTS

ANY_EXAMPLE = settings(derandomize=True, database=None, max_examples=300)
GEOMETRY = ("x", "x1", "x2", "cx", "y", "y1", "y2", "cy", "r", "width", "height", "d")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.floats(0, 1),
    st.text(max_size=300),
    st.lists(st.floats(-1, 2) | st.integers(0, 3), max_size=4),
    st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to all members of a JSON value."""
    members: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        members = list(value.items())
    elif isinstance(value, list):
        members = list(enumerate(value))
    return [path, *(found for key, part in members for found in places(part, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    changed = copy.deepcopy(value)
    if not path:
        return by
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = by
    return changed


def rendered(content: bytes) -> str:
    """Render what is accepted; return why the rest is refused."""
    try:
        report = parse_report(content, "s3://bucket/evaluation.json")
    except ReportError as error:
        return str(error)
    assert page(report).encode()
    for picture in pictures(report):
        for mark in ElementTree.fromstring(svg_file(picture)).iter():
            places = " ".join(mark.attrib.get(name, "") for name in GEOMETRY)
            assert "n" not in places, (picture.name, places)  # neither nan nor inf
    return ""


def check(content: bytes) -> None:
    why = rendered(content)
    assert "\n" not in why
    assert len(why) < 500


@ANY_EXAMPLE
@given(data=st.data(), task=st.sampled_from(sorted(REPORTS)), by=VALUES)
def test_a_report_with_any_other_value_is_a_page_or_refused(
    data: st.DataObject, task: str, by: Any
) -> None:
    path = data.draw(st.sampled_from(places(REPORTS[task])))
    check(json.dumps(replaced(REPORTS[task], path, by)).encode())


@ANY_EXAMPLE
@given(content=st.binary() | st.text().map(lambda text: json.dumps(text).encode()))
def test_any_bytes_are_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(ReportError):
        parse_report(content, "evaluation.json")
    check(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "has no usable JSON"),
        (b"[" * 200_000, "has no usable JSON"),
        (b" " * (LARGEST_REPORT_BYTES + 1), "is larger than 1,000,000 bytes"),
        (b"{}", "has no metric of the task regression"),
        (b'{"task": "clustering"}', "has no usable task"),
        (b'{"regression_metrics": {"mse": {"value": NaN}}}', "regression_metrics.mse.value"),
        (b'{"regression_metrics": {"mse": {"value": 1e308}}}', "regression_metrics.mse.value"),
    ],
)
def test_what_is_no_report_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(ReportError, match=why):
        parse_report(content, "evaluation.json")


@pytest.mark.parametrize(
    ("task", "path", "why"),
    [
        ("regression", ("residuals", "counts"), "counts are not one less than edges"),
        ("regression", ("predicted_against_known", "known"), "known and predicted differ"),
        ("binary", ("roc", "true_positive_rate"), "true_positive_rate differ in length"),
        ("binary", ("precision_recall", "recall"), "recall and precision differ in length"),
        ("binary", ("calibration", "counts"), "counts differ in length"),
        ("binary", ("thresholds", "f1"), "differ in length"),
        ("multiclass", ("confusion", "counts"), "not a row and a column for each class"),
        ("multiclass", ("confusion", "counts", 0), "not a row and a column for each class"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(
    task: str, path: tuple[Any, ...], why: str
) -> None:
    given = copy.deepcopy(REPORTS[task])
    part = given["card"]
    for key in path:
        part = part[key]
    part.append(part[0])
    assert why in rendered(json.dumps(given).encode())


@pytest.mark.parametrize("size", [0.0, 5e-324, 1e-310, 1e-30, 1e30, 1e305, -1.0])
def test_numbers_of_any_size_have_a_place(size: float) -> None:
    def scaled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: scaled(part) for name, part in value.items()}
        if isinstance(value, list):
            return [scaled(part) for part in value]
        return value * size if isinstance(value, float) else value

    given = copy.deepcopy(REPORTS["regression"])
    for name in ("residuals", "predicted_against_known", "importance", "errors"):
        given["card"][name] = scaled(given["card"][name])
    given["regression_metrics"] = scaled(given["regression_metrics"])
    assert rendered(json.dumps(given).encode()) == ""
