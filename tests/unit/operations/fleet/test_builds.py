"""The metric of the gate is read from the report that the evaluation wrote."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from operations.fleet import builds
from operations.fleet.builds import read_metric

METRICS = Path(__file__).resolve().parents[4] / "seed_code/build_app/source_scripts/metrics.py"
SECTIONS = runpy.run_path(str(METRICS))["SECTIONS"]


@pytest.mark.parametrize("section", sorted(SECTIONS.values()))
def test_the_metric_of_any_task_is_found(section: str) -> None:
    report = {"task": "any", section: {"f1": {"value": 0.5}, "rmse": {"value": 2.5}}}
    assert read_metric(json.dumps(report).encode(), "rmse") == 2.5


def test_the_sections_are_those_of_the_reports() -> None:
    assert sorted(builds.SECTIONS) == sorted(SECTIONS.values())


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b"{}",
        b'{"regression_metrics": {}}',
        b'{"regression_metrics": {"rmse": {"value": null}}}',
        b'{"regression_metrics": {"rmse": 3}}',
        b'{"regression_metrics": []}',
        b"\xff",
    ],
)
def test_a_report_without_it_has_none(report: bytes) -> None:
    assert read_metric(report, "rmse") is None
