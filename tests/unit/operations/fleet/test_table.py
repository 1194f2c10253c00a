"""A terminal shows a table, anything else plain lines with the same cells."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from rich.console import Console

from operations.fleet.builds import Build, Metric
from operations.fleet.catalog import Launched
from operations.fleet.credentials import Credential
from operations.fleet.overview import Project
from operations.fleet.stages import Stage
from operations.fleet.table import as_data, show

MOMENT = datetime(2026, 11, 27, 3, 30, tzinfo=UTC)
LAUNCHED = Launched(
    "rings", "p-abcdefghijkl", "prod-1", "pp-1", "pa-1", "AVAILABLE", "", "rec-1", "arn"
)
RINGS = Project(
    launched=LAUNCHED,
    version="1.0",
    newest="2.0",
    build=Build("Succeeded", MOMENT),
    metric=Metric(3, "rmse", 2.18345),
    stages=[
        Stage("dev", "3", "2026-11-02T10:20:30.000Z", is_unknown=False, attention=""),
        Stage("qa [x]", "", "", is_unknown=True, attention="look at [bold]it."),
    ],
    credential=Credential("octo", 88, is_rejected=False, looked_at=MOMENT),
    idle=[],
    cost=1.4,
)
CELLS = (
    "rings",
    "p-abcdefghijkl",
    "1.0",
    "older than 2.0",
    "Succeeded",
    "2026-11-27 03:30",
    "rmse 2.183",
    "version 3",
    "dev: 3 since 2026-11-02",
    "qa [x]: perhaps nothing",
    "octo",
    "88 days",
    "1.40",
)


def _shown(project: Project | None, *, terminal: bool, width: int = 200) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=width, color_system=None)
    show([project] if project else [], ["Metric: not known."], console)
    return text.getvalue()


@pytest.mark.parametrize("width", [80, 129, 130, 200])
@pytest.mark.parametrize("terminal", [True, False])
def test_every_cell_is_shown(terminal: bool, width: int) -> None:
    told = _shown(RINGS, terminal=terminal, width=width)
    assert [cell for cell in CELLS if cell not in told] == []
    assert ("──" in told) == terminal
    if terminal:
        assert max(map(len, told.splitlines())) <= width
    assert told.endswith("needs attention: qa [x]: look at [bold]it.\nMetric: not known.\n")


def test_what_is_not_known_is_a_dash() -> None:
    empty = replace(
        RINGS, newest=None, build=None, metric=None, stages=[], credential=None, cost=None
    )
    line = _shown(empty, terminal=False).splitlines()[0]
    assert line == (
        "rings p-abcdefghijkl: version: 1.0; last build (UTC): -; metric: -; stages: -; "
        "credential: -; $ a month: -"
    )


@pytest.mark.parametrize(
    ("credential", "cell", "attention"),
    [
        (Credential("o", None, False, MOMENT), "o, no end", []),
        (Credential("o", None, True, MOMENT), "o, rejected", ["token is rejected"]),
        (Credential("o", 14, False, MOMENT), "o, 14 days", []),
        (Credential("o", 13, False, MOMENT), "o, 13 days", ["token lasts 13 more days"]),
    ],
)
def test_a_token_that_ends_needs_attention(
    credential: Credential, cell: str, attention: list[str]
) -> None:
    project = replace(RINGS, credential=credential, stages=[])
    assert f"credential: {cell};" in _shown(project, terminal=False)
    assert len(project.attention) == len(attention)
    assert all(words in said for said, words in zip(project.attention, attention, strict=True))


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ERROR", "its launch failed: why"),
        ("TAINTED", "its last update failed: why"),
        ("UNDER_CHANGE", "it is being changed just now"),
    ],
)
def test_a_launch_that_is_not_well_needs_attention(status: str, words: str) -> None:
    launched = replace(LAUNCHED, status=status, message="why")
    assert replace(RINGS, launched=launched, stages=[]).attention == [words]


def test_all_of_it_is_json() -> None:
    told = json.loads(json.dumps(as_data([RINGS], ["note"])))
    (rings,) = told["projects"]
    assert rings["build"] == {"status": "Succeeded", "started": "2026-11-27T03:30:00+00:00"}
    assert rings["credential"]["looked_at"] == "2026-11-27T03:30:00+00:00"
    assert told["notes"] == ["note"]
