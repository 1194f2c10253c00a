"""The daily look's lines on endpoints are read as it writes them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_look import idle_endpoints
from daily_look.endpoints import Endpoint, Variant
from mlops_sm_project_template.config import names
from operations.fleet.gaps import Gaps
from operations.fleet.idle import Idle, hourly_prices, idle_of
from operations.fleet.overview import _row
from operations.fleet.shared import Shared
from operations.fleet.stage_accounts import tell_hidden_stages
from operations.fleet.stages import Stage
from tests.unit.operations.fleet.test_table import LAUNCHED

GROUP = LAUNCHED.group
PRICES = {"ml.m5.large": 0.1, "ml.m5.xlarge": 0.2}
NOW = datetime(2026, 11, 27, tzinfo=UTC)
IDLE = Idle("rings-prod", 14, "1 x ml.m5.large", 73.0)


def _line(count: float, variants: tuple[Variant, ...], types: dict[str, str]) -> str:
    """What the look writes of an endpoint."""
    about = idle_endpoints._about(Endpoint("rings-prod", GROUP, "config", NOW, variants))
    if count:
        return f"[INFO]\tid\t{about} was asked {count:.0f} times\n"
    kept = idle_endpoints._kept(Endpoint("rings-prod", GROUP, "config", NOW, variants), types)
    return f"[WARNING]\tid\t{about} was asked by nobody, and it keeps {kept}\n"


@given(
    counts=st.lists(st.integers(1, 20), min_size=1, max_size=3),
    kinds=st.lists(st.sampled_from([*PRICES, "ml.unheard.of"]), min_size=3, max_size=3),
    provisioned=st.sampled_from([0, 0, 0, 3]),
)
def test_a_line_says_what_an_endpoint_keeps_and_what_that_costs(
    counts: list[int], kinds: list[str], provisioned: int
) -> None:
    variants = tuple(Variant(f"v{n}", count, 0) for n, count in enumerate(counts))
    types = {f"v{n}": kind for n, kind in enumerate(kinds)}
    if provisioned:
        variants += (Variant("serverless", 0, provisioned),)
    found = idle_of([{"timestamp": 1, "message": _line(0, variants, types)}], PRICES)
    ((idle,),) = found.values()
    known = provisioned == 0 and "ml.unheard.of" not in kinds[: len(counts)]
    cost = sum(
        count * PRICES.get(kind, 0) * 730 for count, kind in zip(counts, kinds, strict=False)
    )
    assert idle.dollars == (pytest.approx(cost) if known else None)
    assert (idle.name, idle.days, idle.stage) == ("rings-prod", 14, "prod")
    assert ("$" in idle.sentence) == known


def test_the_latest_line_counts_and_others_are_passed_over() -> None:
    kept = (Variant("v", 1, 0),)
    events = [
        {"timestamp": 1, "message": _line(0, kept, {"v": "ml.m5.large"})},
        {"timestamp": 2, "message": "endpoint rings-prod was not looked at"},
        {"timestamp": 3, "message": _line(7, kept, {})},
    ]
    for order in itertools.permutations(events):
        assert idle_of(order, PRICES) == {}
    assert idle_of(events[:2], PRICES) == {GROUP: [IDLE]}


def test_the_sentence_says_the_stage_the_time_and_the_cost() -> None:
    assert IDLE.sentence == (
        "prod: nobody asked endpoint rings-prod for 14 days, and 1 x ml.m5.large costs $73.00 a "
        "month; the workflow Remove endpoint takes it away"
    )


@pytest.mark.parametrize(
    ("stages", "is_told"),
    [
        ([], True),
        ([Stage("prod", "3", "", is_unknown=False, attention="")], True),
        ([Stage("prod", "", "", is_unknown=True, attention="")], True),
        ([Stage("dev", "", "", is_unknown=False, attention="")], True),
        ([Stage("prod", "", "", is_unknown=False, attention="")], False),
    ],
)
def test_what_was_taken_away_since_is_not_told(stages: list[Stage], is_told: bool) -> None:
    shared = Shared({}, {GROUP: stages}, {}, {GROUP: [IDLE]}, {})
    row = _row(LAUNCHED, None, None, shared)
    assert (row.attention == [IDLE.sentence]) == is_told


def test_prices_are_those_of_the_projects() -> None:
    assert hourly_prices("eu-west-1")["ml.m5.large"] > 0
    assert hourly_prices("xx-nowhere-1") == {}


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (None, []),
        ("", []),
        ("111122223333,222233334444", ["111122223333, 222233334444 are not visible from here."]),
    ],
)
def test_endpoints_in_other_accounts_are_said_to_be_hidden(
    given: str | None, line: list[str]
) -> None:
    parameters = [] if given is None else [("StageAccounts", given), ("DataOnDelete", "keep")]
    listed: list[dict[str, Any]] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in parameters
    ]
    client = SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [{"Parameters": listed}]})
    gaps = Gaps()
    tell_hidden_stages(client, LAUNCHED, gaps)
    assert gaps.lines == [f"Idle endpoints: those of rings in {words}" for words in line]


def test_the_names_are_the_templates() -> None:
    assert idle_endpoints.METRIC == names.IDLE_METRIC
