"""A card is one page that loads nothing, runs nothing, and says everything in words, too."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from ml_pipelines.card.gallery import pictures
from ml_pipelines.card.gauge import gauge
from ml_pipelines.card.page import page
from ml_pipelines.card.picture import svg_file
from ml_pipelines.card.registry import Gate
from ml_pipelines.card.report import Report

from .reports import ARN, COMMIT, EXECUTION, LIVE, REPORTS, report, version

SVG = "{http://www.w3.org/2000/svg}"
COMPARED = {"auc": {"this": 0.96, "live": 0.95, "difference": 0.01}}


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("task", REPORTS)
def test_a_page_runs_and_loads_nothing(task: str) -> None:
    text = page(report(task), version())
    found = Tags(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    names = {name for name, _ in found.attributes}
    assert "style" not in names
    assert not {name for name in names if name.startswith("on")} | {"src", "href"} & names
    assert re.findall(r"https?://[^\"]+", text.replace("http://www.w3.org/2000/svg", "")) == []


def test_its_policy_allows_its_own_style_sheet_and_nothing_else() -> None:
    text = page(report("binary"))
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in text
    assert text.count("<style>") == 1


@pytest.mark.parametrize("task", REPORTS)
def test_each_picture_has_a_title_a_description_and_its_numbers(task: str) -> None:
    shown = pictures(report(task))
    assert len({picture.name for picture in shown}) == len(shown) > 4
    assert page(report(task)).count("<svg") == len(shown) + 1  # and the gauge
    for picture in shown:
        assert len(picture.table.rows) > 0
        assert {len(row) for row in picture.table.rows} == {len(picture.table.header)}
        svg = ElementTree.fromstring(svg_file(picture))
        labels = svg.attrib["aria-labelledby"].split()
        title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert [title.attrib["id"], description.attrib["id"]] == labels
        assert title.text
        assert description.text


@pytest.mark.parametrize("task", REPORTS)
def test_every_mark_lies_within_its_picture(task: str) -> None:
    for picture in pictures(report(task)):
        svg = ElementTree.fromstring(svg_file(picture))
        _, _, width, height = (float(part) for part in svg.attrib["viewBox"].split())
        for mark in svg.iter():
            for names, most in (
                (("x", "x1", "x2", "cx"), width),
                (("y", "y1", "y2", "cy"), height),
            ):
                places = [float(mark.attrib[name]) for name in names if name in mark.attrib]
                assert all(0 <= place <= most for place in places), (picture.name, mark.attrib)


def test_what_comes_from_outside_is_text() -> None:
    attack = '</style></svg><script>alert("x")</script>'
    given = report("multiclass").model_dump(mode="json", by_alias=True)
    given["card"]["errors"][0]["column"] = attack
    given["card"]["classes"][0]["name"] = f"\u202e\x00{attack}"
    given["card"]["confusion"]["classes"][0] = attack
    text = page(Report.model_validate(given), version())
    found = Tags(text)
    assert "script" not in found.tags
    assert f"Error by {attack}" in "".join(found.words)
    assert "\u202e" not in text
    assert "\x00" not in text
    for picture in pictures(Report.model_validate(given)):
        ElementTree.fromstring(svg_file(picture))


def test_the_first_screen_says_what_became_of_the_version() -> None:
    gate = Gate("auc", 0.95)
    compared = {"live": LIVE, "verdict": "better", "metrics": COMPARED, "overlap": 0.4}
    given = report("binary", comparison=compared)
    words = "".join(Tags(page(given, version(gate))).words)
    for said in (
        "demo, version 3",
        "Registered, waiting for approval",
        "95 % interval: 0.94 to 0.98",
        "AUC 0.96 passes the gate of at least 0.95.",
        "It is better than the live version: AUC 0.96 instead of 0.95 (+0.01) on the same test "
        "records. Of these records 40 % taught the live version, which flatters it.",
        "2026-11-26 12:00 UTC",
        *(ARN, LIVE, COMMIT, EXECUTION, "ab" * 32, "cd" * 32),
        "no test record is of the positive class",
    ):
        assert said in words


@pytest.mark.parametrize(
    ("comparison", "said"),
    [
        (None, "It was not compared with a live version."),
        ({"verdict": "no live version"}, "No version is live yet."),
        ({"verdict": "not compared"}, "Whoever started the build did not say which version"),
        (
            {"verdict": "other columns", "reason": "'age' differs"},
            "The live version takes other columns, so they cannot be compared. 'age' differs.",
        ),
        (
            {"verdict": "another task", "reason": "it predicts 'age'"},
            "The live version has another task, so they cannot be compared. It predicts 'age'.",
        ),
        (
            {"verdict": "could not be asked", "reason": "a\u202eb"},
            "The live version could not be asked, so they cannot be compared. A\ufffdb.",
        ),
        (
            {"verdict": "worse", "live": LIVE},
            "It is worse than the live version. It is not known whether the live version learnt "
            "from these records.",
        ),
        (
            {"verdict": "same", "overlap": 0},
            "It is as good as the live version. The live version learnt from none of these "
            "records.",
        ),
    ],
)
def test_each_verdict_is_a_sentence(comparison: dict[str, Any] | None, said: str) -> None:
    assert said in "".join(Tags(page(report("binary", comparison=comparison))).words)


@pytest.mark.parametrize(
    ("task", "gate", "said"),
    [
        ("regression", Gate("mse", 6.0), "Mean squared error 4.5 passes the gate of at most 6."),
        ("regression", Gate("mse", 4.0), "4.5 does not pass the gate of at most 4."),
        ("binary", Gate("auc", 0.97), "AUC 0.96 does not pass the gate of at least 0.97."),
        ("binary", Gate("log_loss", 0.3), "Log loss 0.3 passes the gate of at most 0.3."),
        ("binary", None, "The gate that it had to pass is not recorded."),
        ("binary", Gate("gini", 0.3), "The gate that it had to pass is not recorded."),
    ],
)
def test_the_metric_is_held_against_the_gate(task: str, gate: Gate | None, said: str) -> None:
    assert said in "".join(Tags(page(report(task), version(gate))).words)


@pytest.mark.parametrize(("task", "name"), [("binary", "auc"), ("regression", "mse")])
def test_the_first_picture_shows_no_value_that_the_metric_cannot_have(task: str, name: str) -> None:
    best = 1.0 if task == "binary" else 0.0
    section = {name: {"value": best, "confidence_interval": [best, best]}}
    key = "binary_classification_metrics" if task == "binary" else "regression_metrics"
    picture = gauge(report(task, **{key: section}), name, None)
    shown = [mark.text for mark in picture.svg().iter("text") if mark.text]
    ticks = [float(label) for label in shown if " " not in label and label[0].isdigit()]
    assert best in ticks
    assert all(0 <= tick <= 1 for tick in ticks)
    assert not [label for label in shown if label.startswith("\u2212")]


def test_a_report_from_before_there_were_cards_shows_its_metrics() -> None:
    old = Report.model_validate(
        {"regression_metrics": {"mse": {"value": 4.5, "standard_deviation": 9.0}}}
    )
    words = "".join(Tags(page(old, version())).words)
    assert "4.5" in words
    assert "made before there were cards" in words


def test_where_the_data_went_and_what_they_lack_is_told() -> None:
    data = {"records": 200, "train": 140, "validation": 30, "test": 30, "missing": {"town": 0.5}}
    words = "".join(Tags(page(report("binary", data=data))).words)
    assert "200 records: 140 to train, 30 to validate, 30 to test" in words
    assert "Missing values" in words
    assert "50 %" in words
