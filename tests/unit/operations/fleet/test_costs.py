"""Costs are told where they may be asked for; else one line says what is missing."""

from __future__ import annotations

import socket
from datetime import date
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from operations.fleet.costs import IMPATIENCE, read_costs
from operations.fleet.gaps import Gaps

TODAY = date(2026, 11, 27)


def _explorer(**more: Any) -> Any:
    return boto3.client(
        "ce",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=IMPATIENCE,
        **more,
    )


def _period(**costs: str) -> dict[str, Any]:
    return {
        "Groups": [
            {
                "Keys": [f"sagemaker:project-id${project.replace('_', '-')}"],
                "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}},
            }
            for project, amount in costs.items()
        ]
    }


def test_a_month_is_what_two_calendar_months_have_of_it() -> None:
    explorer, gaps = _explorer(), Gaps()
    with Stubber(explorer) as stub:
        stub.add_response(
            "get_cost_and_usage",
            {"ResultsByTime": [_period(p_a="0.25", p_b="3")], "NextPageToken": "more"},
        )
        stub.add_response(
            "get_cost_and_usage", {"ResultsByTime": [_period(p_a="1.25", **{"": "9"})]}
        )
        costs = read_costs(explorer, "eu-west-1", TODAY, gaps)
    assert costs == {"p-a": 1.5, "p-b": 3.0}
    assert gaps.lines == []


def test_a_tag_that_nobody_activated_is_named() -> None:
    explorer, gaps = _explorer(), Gaps()
    with Stubber(explorer) as stub:
        stub.add_response("get_cost_and_usage", {"ResultsByTime": [_period(**{"": "9"})]})
        assert read_costs(explorer, "eu-west-1", TODAY, gaps) == {}
    (line,) = gaps.lines
    assert "activate it as a cost-allocation tag" in line


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDeniedException", "the right ce:GetCostAndUsage is missing"),
        ("DataUnavailableException", "Cost Explorer is not enabled yet"),
        ("LimitExceededException", "Cost Explorer refused (LimitExceededException"),
    ],
)
def test_a_refusal_is_one_line(code: str, words: str) -> None:
    explorer, gaps = _explorer(), Gaps()
    with Stubber(explorer) as stub:
        stub.add_client_error("get_cost_and_usage", code)
        assert read_costs(explorer, "eu-west-1", TODAY, gaps) == {}
    (line,) = gaps.lines
    assert words in line


def test_what_does_not_answer_is_asked_once_and_not_for_long() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"  # nobody listens there
        explorer, gaps = _explorer(endpoint_url=address), Gaps()
        assert read_costs(explorer, "eu-west-1", TODAY, gaps) == {}
    (line,) = gaps.lines
    assert "since Cost Explorer does not answer" in line
    config = explorer.meta.config
    assert config.connect_timeout + config.read_timeout <= 15
    assert config.retries["total_max_attempts"] == 1
