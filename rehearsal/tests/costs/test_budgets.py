"""Budgets of the local AWS: what is refused, and what a stack makes of a template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    refusal,
    trust,
)

TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:costs"
NAME = "team-a"
RIGHTS = (
    "billing:GetBillingViewData",
    "budgets:ListTagsForResource",
    "budgets:ModifyBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
    "budgets:ViewBudget",
)
Change = dict[str, Any]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("costs") / "state").start()
    yield server
    assert server.stop() == 0


def _budget(**change: Any) -> dict[str, Any]:
    return {
        "BudgetName": NAME,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "200", "Unit": "USD"},
        "CostFilters": {"TagKeyValue": ["user:sagemaker:project-id$p-abcdefghijkl"]},
        **change,
    }


def _told(*topics: str, percent: float = 80) -> list[dict[str, Any]]:
    return [
        {
            "Notification": {
                "NotificationType": "ACTUAL",
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": percent,
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": [{"SubscriptionType": "SNS", "Address": topic} for topic in topics],
        }
    ]


def _shown(aws: LocalAws, account: str = ACCOUNT) -> dict[str, dict[str, Any]]:
    told = aws.client("budgets").describe_budgets(AccountId=account)
    return {one["BudgetName"]: one for one in told["Budgets"]}


@pytest.mark.parametrize(
    ("budget", "notifications", "words"),
    [
        ({"BudgetName": "a:b"}, _told(TOPIC), "budgetName"),
        ({"BudgetType": "MONEY"}, _told(TOPIC), "budgetType"),
        ({"BudgetLimit": {"Amount": "much", "Unit": "USD"}}, _told(TOPIC), "amount"),
        ({"BudgetLimit": None}, _told(TOPIC), "BudgetLimit is required"),
        ({"CostFilters": {"TagKeyValue": ["sagemaker:x$y"]}}, _told(TOPIC), "user:KEY$VALUE"),
        ({}, _told(TOPIC.replace(ACCOUNT, OTHER_ACCOUNT)), "Invalid SNS topic"),
        ({}, _told("none"), "Invalid SNS topic"),
        ({}, _told(f"{TOPIC}.fifo"), "Invalid SNS topic"),
        ({}, _told(TOPIC, f"{TOPIC}2"), "at most one SNS subscriber"),
    ],
)
def test_what_aws_refuses_is_refused(
    aws: LocalAws, budget: Change, notifications: list[dict[str, Any]], words: str
) -> None:
    client = aws.client("budgets", parameter_validation=False)
    said = refusal(
        client.create_budget,
        AccountId=ACCOUNT,
        Budget={key: value for key, value in _budget(**budget).items() if value is not None},
        NotificationsWithSubscribers=notifications,
    )
    assert "(InvalidParameterException)" in said
    assert words in said
    assert _shown(aws) == {}


def _template(amount: Any, *topics: str, name: str = NAME) -> dict[str, Any]:
    properties = {
        "Budget": _budget(BudgetName=name, BudgetLimit={"Amount": amount, "Unit": "USD"}),
        "NotificationsWithSubscribers": _told(*topics),
        "ResourceTags": [{"Key": "team", "Value": "a"}],
    }
    return {"Budget": {"Type": "AWS::Budgets::Budget", "Properties": properties}}


def _update(aws: LocalAws, resources: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"Resources": resources})
    aws.client("cloudformation").update_stack(StackName="costs", TemplateBody=body)
    return aws.settled("costs")


def test_a_stack_makes_changes_replaces_and_removes_a_budget(aws: LocalAws) -> None:
    stack = aws.stack("costs", _template("200", TOPIC))
    assert stack["StackStatus"] == "CREATE_COMPLETE", aws.failures("costs")
    assert _shown(aws)[NAME]["BudgetLimit"] == {"Amount": "200", "Unit": "USD"}
    assert _update(aws, _template(300, TOPIC))["StackStatus"] == "UPDATE_COMPLETE"
    assert _shown(aws)[NAME]["BudgetLimit"]["Amount"] == "300"
    # What is told to whom is made anew, and the old one still has the name.
    assert "ROLLBACK" in _update(aws, _template(300, f"{TOPIC}2"))["StackStatus"]
    renamed = _update(aws, _template(300, f"{TOPIC}2", name="team-b"))
    assert renamed["StackStatus"] == "UPDATE_COMPLETE", aws.failures("costs")
    assert set(_shown(aws)) == {"team-b"}
    aws.delete_stack("costs")
    assert _shown(aws) == {}


@pytest.mark.parametrize("lacking", [*RIGHTS[:4], RIGHTS[5]])
def test_a_stack_asks_for_the_rights_of_the_registry(aws: LocalAws, lacking: str) -> None:
    name = f"costs-{lacking.partition(':')[2].lower()}"
    places = [
        f"arn:aws:budgets::{ACCOUNT}:budget/{name}",
        f"arn:aws:billing::{ACCOUNT}:billingview/*",
    ]
    rights = [right for right in RIGHTS if right != lacking]
    granted = {**allow(rights), "Resource": places}
    role = aws.role(name, trust({"Service": "cloudformation.amazonaws.com"}), granted)
    stack = aws.stack(name, _template("200", TOPIC, name=name), RoleARN=role)
    assert stack["StackStatus"] != "CREATE_COMPLETE"
    assert lacking in str(aws.failures(name))
    assert name not in _shown(aws)
