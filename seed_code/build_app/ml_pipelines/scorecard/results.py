"""How the tests went, from pytest's file in JUnit's format, and what the training gave."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ml_pipelines.scorecard.markdown import plain, table
from ml_pipelines.settings import PipelineSettings

# The property under which tests/training notes what it trained on, and how that went.
TRAINING = "training"
_MOST_NAMED = 10


class ResultsError(ValueError):
    """There are no results; the message says why."""


def read_results(path: Path) -> ElementTree.Element:
    """Read the results of one call of pytest.

    Raises:
        ResultsError: pytest wrote none.
    """
    try:
        # The job's own file; nobody else wrote it.
        suite = ElementTree.parse(path).getroot().find("testsuite")  # noqa: S314
    except (OSError, ElementTree.ParseError) as error:
        raise ResultsError("pytest ended without results; its log says why.") from error
    if suite is None:
        raise ResultsError(f"{path.name} holds no results of pytest.")
    return suite


def outcome(suite: ElementTree.Element) -> str:
    """How many tests passed, and which did not, as Markdown."""
    cases = suite.findall("testcase")
    failed = [case for case in cases if {part.tag for part in case} & {"failure", "error"}]
    skipped = [case for case in cases if {part.tag for part in case} == {"skipped"}]
    passed = len(cases) - len(failed) - len(skipped)
    named = [f"- {plain(_name(case))}" for case in failed[:_MOST_NAMED]]
    if len(failed) > _MOST_NAMED:
        named.append(f"- and {len(failed) - _MOST_NAMED} more")
    lines = [f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped."]
    return "\n".join([*lines, *(["", "Failed:", "", *named] if named else [])])


def noted_training(suite: ElementTree.Element) -> dict[str, Any] | None:
    """What tests/training noted; None if nothing was trained."""
    found = suite.find(f"properties/property[@name='{TRAINING}']")
    return None if found is None else dict(json.loads(found.get("value", "")))


def training(noted: Mapping[str, Any], settings: PipelineSettings) -> str:
    """What the model that was trained here reached, as Markdown."""
    is_committed, metric = bool(noted["committed"]), settings.metric
    sample = "data/sample.csv" if is_committed else "a synthetic sample"
    rows = [
        ("sample", "trained on", "tested on", metric.title, "95 % interval"),
        (
            sample,
            *(f"{int(noted[name]):,} records" for name in ("trained", "tested")),
            _number(noted["value"]),
            _interval(noted["interval"]),
        ),
    ]
    told = (
        f"A build registers a model whose {metric.title} is {metric.relation} "
        f"{settings.gate.threshold:g} on the test records of all data."
        if is_committed
        else "The sample was made from dataset.toml: the numbers say that training works, and "
        "nothing about your data. Commit data/sample.csv to train on records of yours."
    )
    return f"{table(rows)}\n\n{told}"


def _interval(bounds: list[float] | None) -> str:
    return "" if bounds is None else f"{_number(bounds[0])} to {_number(bounds[1])}"


def _number(value: float) -> str:
    return f"{float(value):.4g}" if math.isfinite(float(value)) else "?"


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '')}::{case.get('name', '')}"
