"""A project's budget is made, changed and removed as somebody fills in the launch form."""

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.faults.conftest import BUDGET_TOPIC


@pytest.fixture
def project(ground: Ground) -> Iterator[TrialProject]:
    made = TrialProject(Lane(ground, "lane-07"), "frugal")
    yield made
    if made.id:
        assert made.delete().is_good


def _budgets(ground: Ground) -> dict[str, dict[str, Any]]:
    told = ground.world.administrator.client("budgets").describe_budgets(AccountId=ACCOUNT)
    return {one["BudgetName"]: one for one in told["Budgets"]}


def test_a_budget_follows_the_parameter_of_its_project(
    ground: Ground, project: TrialProject
) -> None:
    refused = project.launch(MonthlyBudget="12.5")
    assert "MonthlyBudget takes whole US dollars" in refused.reason
    assert project.delete().is_good
    assert _budgets(ground) == {}
    launched = project.launch(MonthlyBudget="200")
    assert launched.is_good, launched.reason
    ((name, budget),) = _budgets(ground).items()
    assert name.startswith(f"mlops-sm-project-{project.id}-")
    assert budget["BudgetLimit"] == {"Amount": "200", "Unit": "USD"}
    assert budget["CostFilters"] == {"TagKeyValue": [f"user:sagemaker:project-id${project.id}"]}
    assert _told(ground, name) == [("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0)]
    first = ground.first_version
    assert project.update(version=first, MonthlyBudget="300").is_good
    assert _budgets(ground)[name]["BudgetLimit"]["Amount"] == "300"
    assert project.update(version=first, MonthlyBudget="").is_good
    assert _budgets(ground) == {}
    assert project.update(version=first, MonthlyBudget="50").is_good
    assert list(_budgets(ground)) == [name]
    assert project.delete().is_good
    project.id = ""
    assert _budgets(ground) == {}


def _told(ground: Ground, name: str) -> list[tuple[str, float]]:
    """What is told of a budget, to whom it should."""
    client = ground.world.administrator.client("budgets")
    found = client.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=name)
    for one in found["Notifications"]:
        subscribers = client.describe_subscribers_for_notification(
            AccountId=ACCOUNT,
            BudgetName=name,
            Notification={key: one[key] for key in one if key != "NotificationState"},
        )["Subscribers"]
        assert subscribers == [{"SubscriptionType": "SNS", "Address": BUDGET_TOPIC}]
    return [(one["NotificationType"], one["Threshold"]) for one in found["Notifications"]]
