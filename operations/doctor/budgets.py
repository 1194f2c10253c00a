"""Budgets of projects: whether AWS may tell their topic, and whether it knows what a project costs.

Sources: Cost Management user guide, "Creating an Amazon SNS topic for budget notifications"; Cost
Explorer API reference, ListCostAllocationTags, which AWS answers to the account that pays alone.
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from operations.doctor.policy_values import as_list
from operations.findings import Finding

ABOUT = "budgets"
TAG = "sagemaker:project-id"
SETTING = "BUDGET_TOPIC_ARN"
_BUDGETS = "budgets.amazonaws.com"
_PUBLISH = "sns:publish"
# An account that another one pays for is refused in these words, whatever its rights.
_LINKED = "linked account"


def look_at_topic(sns: Any, topic: str) -> Iterator[Finding]:
    """Read the policy of the topic.

    Args:
        sns: boto3 client for the region of the topic.
        topic: ARN, as the setting has it.
    """
    try:
        attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NotFound", "NotFoundException"):
            raise
        yield Finding("fails", ABOUT, f"{SETTING} names {topic}, which does not exist; make it.")
        return
    if _lets_budgets_publish(json.loads(attributes["Policy"])):
        yield Finding("ok", ABOUT, f"Budgets may tell {topic}.")
        return
    yield Finding(
        "fails",
        ABOUT,
        f"The policy of {topic} does not let {_BUDGETS} publish, so nobody hears of a budget; add "
        "the statement of docs/platform-engineer/settings.md to it.",
    )


def look_at_tag(explorer: Any) -> Iterator[Finding]:
    """Ask whether costs are counted by the tag of projects; nothing fails without it."""
    try:
        told = explorer.list_cost_allocation_tags(TagKeys=[TAG])["CostAllocationTags"]
    except ClientError as error:
        if _LINKED not in error.response["Error"].get("Message", "").lower():
            raise
        yield Finding(
            "note",
            ABOUT,
            f"Whether the tag {TAG} is active as a cost-allocation tag is not visible from a "
            "member account; ask the account that pays to activate it, since budgets count "
            "nothing before.",
        )
        return
    if any(one["TagKey"] == TAG and one["Status"] == "Active" for one in told):
        yield Finding("ok", ABOUT, f"Costs are counted by the tag {TAG}.")
        return
    yield Finding(
        "note",
        ABOUT,
        f"The tag {TAG} is not active as a cost-allocation tag, so budgets count nothing; activate "
        "it under Billing and Cost Management, a day after the first project was created.",
    )


def _lets_budgets_publish(policy: dict[str, Any]) -> bool:
    return any(
        statement["Effect"] == "Allow" and _is_of_budgets(statement) and _is_to_publish(statement)
        for statement in as_list(policy.get("Statement"))
    )


def _is_of_budgets(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    return isinstance(principal, dict) and _BUDGETS in as_list(principal.get("Service"))


def _is_to_publish(statement: dict[str, Any]) -> bool:
    return any(fnmatchcase(_PUBLISH, one.lower()) for one in as_list(statement.get("Action")))
