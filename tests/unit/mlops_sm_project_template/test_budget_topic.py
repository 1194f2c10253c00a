"""Which topics hear of budgets, and where CloudFormation makes any."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from mlops_sm_project_template.config.budget_topic import (
    REGIONS,
    BudgetTopicError,
    parse_budget_topic,
)

ACCOUNT, REGION = "111122223333", "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:costs"
_TYPE = "AWS::Budgets::Budget"
# Costs are not in US dollars there, or the partition is one that nobody of us has seen.
_OTHER_PARTITIONS = ("cn-", "eu-iso", "eusc-", "us-iso")


def _parse(text: str, region: str = REGION) -> str:
    return parse_budget_topic(text, account=ACCOUNT, region=region)


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_is_no_topic(text: str) -> None:
    assert _parse(text) == _parse(text, "eu-north-1") == ""


@pytest.mark.parametrize("region", REGIONS)
def test_a_topic_of_the_account_is_taken_whatever_its_region(region: str) -> None:
    assert _parse(f" {TOPIC} ", region) == TOPIC


@pytest.mark.parametrize(
    ("text", "region", "words"),
    [
        ("costs", REGION, "is no topic; name one as arn:aws:sns:eu-west-1:111122223333:NAME"),
        (TOPIC.replace("sns", "sqs"), REGION, "is no topic"),
        (f"{TOPIC},{TOPIC}", REGION, "is no topic"),
        (TOPIC.replace(ACCOUNT, "222233334444"), REGION, "is in account 222233334444"),
        (f"{TOPIC}.fifo", REGION, "FIFO topic"),
        (TOPIC, "eu-north-1", "makes no AWS::Budgets::Budget in eu-north-1; leave it empty"),
        (TOPIC, "cn-north-1", "makes no AWS::Budgets::Budget in cn-north-1; leave it empty"),
    ],
)
def test_what_budgets_cannot_tell_is_refused(text: str, region: str, words: str) -> None:
    with pytest.raises(BudgetTopicError) as refused:
        _parse(text, region)
    assert words in str(refused.value)


def test_the_regions_are_those_of_the_registry() -> None:
    spec = importlib.util.find_spec("cfnlint")
    assert spec is not None
    assert spec.origin is not None
    providers = Path(spec.origin).parent / "data" / "schemas" / "providers"
    having = [
        file.stem for file in providers.glob("*.json") if _TYPE in json.loads(file.read_bytes())
    ]
    assert sorted(REGIONS) == sorted(
        region for region in having if not region.startswith(_OTHER_PARTITIONS)
    )
