"""A project may have a budget if the registration has a topic that hears of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.synth.conftest import ALLOWED, Synthesis

_TOPIC = ALLOWED["BUDGET_TOPIC_ARN"]
_TYPE = "AWS::Budgets::Budget"


def _load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def _rights(synthesis: Synthesis) -> Iterator[dict[str, Any]]:
    """What any role of the registration is granted of budgets and bills."""
    for resource in _load(synthesis.registration_file)["Resources"].values():
        for policy in resource.get("Properties", {}).get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                if re.search(r'"(budgets|billing):', json.dumps(statement["Action"])):
                    yield {**statement, "Role": resource["Properties"]["RoleName"]}


def test_without_a_topic_nothing_is_asked_made_or_granted(synthesis: Synthesis) -> None:
    assert "budget" not in synthesis.product_file.read_text(encoding="utf-8").lower()
    assert list(_rights(synthesis)) == []


def test_the_budget_is_there_if_somebody_said_how_much(generous: Synthesis) -> None:
    product = _load(generous.product_file)
    parameter = product["Parameters"]["MonthlyBudget"]
    assert parameter["Default"] == ""
    pattern = re.compile(parameter["AllowedPattern"])
    for text, fits in {
        "": True,
        "1": True,
        "200": True,
        "999999999": True,
        "0": False,
        "-5": False,
        "12.5": False,
        "1,000": False,
        "$5": False,
        "007": False,
        "9" * 10: False,
    }.items():
        assert bool(pattern.fullmatch(text)) == fits, text
    (budget,) = (one for one in product["Resources"].values() if one["Type"] == _TYPE)
    assert product["Conditions"][budget["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "MonthlyBudget"}, ""]}]
    }


def test_it_counts_what_carries_the_projects_tag_and_tells_the_topic(generous: Synthesis) -> None:
    product = _load(generous.product_file)
    (budget,) = (one for one in product["Resources"].values() if one["Type"] == _TYPE)
    told = budget["Properties"]["Budget"]
    assert told["CostFilters"] == {
        "TagKeyValue": [
            {"Fn::Join": ["", ["user:sagemaker:project-id$", {"Ref": "SageMakerProjectId"}]]}
        ]
    }
    assert told["BudgetLimit"] == {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"}
    notifications = budget["Properties"]["NotificationsWithSubscribers"]
    assert [
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in notifications
    ] == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for one in notifications:
        assert one["Subscribers"] == [{"SubscriptionType": "SNS", "Address": _TOPIC}]


def test_the_launch_role_may_make_budgets_of_projects_alone(generous: Synthesis) -> None:
    budgets, billing = _rights(generous)
    assert {budgets["Role"], billing["Role"]} == {"mlops-sm-project-launch"}
    assert ":budget/mlops-sm-project-p-*" in json.dumps(budgets["Resource"])
    assert billing["Action"] == "billing:GetBillingViewData"
    assert ":billingview/primary" in json.dumps(billing["Resource"])
    (name,) = (
        one["Properties"]["Budget"]["BudgetName"]["Fn::Join"][1]
        for one in _load(generous.product_file)["Resources"].values()
        if one["Type"] == _TYPE
    )
    assert name[:2] == ["mlops-sm-project-", {"Ref": "SageMakerProjectId"}]
    assert re.fullmatch(r"-[0-9a-f]{8}", name[2])
