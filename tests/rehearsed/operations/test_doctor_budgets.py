"""What `doctor` finds of budgets: the policy of their topic, and the tag that costs go by."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from operations.doctor import budgets
from operations.doctor.budgets import look_at_tag, look_at_topic
from operations.doctor.examination import Check, examine
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    LocalAws,
    allow,
    let,
    policy,
)
from tests.rehearsed.operations.findings_read import levels, read
from tests.rehearsed.operations.typed_command import settings_of, type_command

_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}"


def _lets(actions: str | list[str], **more: Any) -> dict[str, Any]:
    return let({"Service": "budgets.amazonaws.com"}, actions, "*", **more)


def _topic(aws: LocalAws, name: str, *statements: dict[str, Any]) -> str:
    attributes = {"Policy": policy(*statements)} if statements else {}
    return str(aws.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])


@pytest.mark.parametrize(
    ("statements", "is_good"),
    [
        pytest.param([], False, id="the usual policy"),
        pytest.param([_lets("sns:Publish")], True, id="as documented"),
        pytest.param([_lets(["SNS:Publish"])], True, id="in a list"),
        pytest.param([_lets("sns:*")], True, id="all actions"),
        pytest.param([_lets("sns:Subscribe")], False, id="another action"),
        pytest.param([_lets("sns:Publish", Effect="Deny")], False, id="a denial"),
        pytest.param(
            [let({"AWS": ACCOUNT}, "sns:Publish", "*")],
            False,
            id="another principal",
        ),
    ],
)
def test_the_policy_of_the_topic_is_read(
    aws: LocalAws, statements: list[dict[str, Any]], is_good: bool, request: Any
) -> None:
    name = "".join(filter(str.isalnum, request.node.name))
    topic = _topic(aws, name, *({**one, "Resource": _TOPIC.format(name)} for one in statements))
    found = list(look_at_topic(aws.client("sns"), topic))
    assert levels(found) == ["ok" if is_good else "fails"]
    assert ("does not let budgets.amazonaws.com publish" in read(found, "fails")) == (not is_good)


def test_a_topic_that_is_not_there_fails(aws: LocalAws) -> None:
    said = read(look_at_topic(aws.client("sns"), _TOPIC.format("absent")), "fails")
    assert "BUDGET_TOPIC_ARN names" in said
    assert "does not exist" in said


def test_the_tag_is_looked_for(aws: LocalAws) -> None:
    assert budgets.TAG == names.PROJECT_ID_TAG
    explorer = aws.client("ce")
    assert "is not active" in read(look_at_tag(explorer), "note")
    aws.client("sagemaker").create_model_package_group(
        ModelPackageGroupName="tagged", Tags=[{"Key": budgets.TAG, "Value": "p-1"}]
    )
    assert "is not active" in read(look_at_tag(explorer), "note")
    asked = [{"TagKey": budgets.TAG, "Status": "Active"}]
    explorer.update_cost_allocation_tags_status(CostAllocationTagsStatus=asked)
    assert levels(look_at_tag(explorer)) == ["ok"]


def test_a_member_account_cannot_see_it(aws: LocalAws) -> None:
    found = list(look_at_tag(aws.of_account(OTHER_ACCOUNT).client("ce")))
    assert levels(found) == ["note"]
    assert "is not visible from a member account" in read(found, "note")


def test_whoever_may_not_look_is_told_the_right(aws: LocalAws) -> None:
    explorer = aws.client("ce", aws.user("may-not", allow("sns:Publish")))
    found = list(examine(Check(budgets.ABOUT, "ce", partial(look_at_tag, explorer))))
    assert "ce:ListCostAllocationTags is missing" in read(found, "note")


@pytest.mark.parametrize("is_set", [True, False])
def test_budgets_are_looked_at_if_there_is_a_topic(aws: LocalAws, is_set: bool) -> None:
    settings = {**settings_of(aws, None), "GH_TOKEN": ""}
    if is_set:
        settings["BUDGET_TOPIC_ARN"] = _TOPIC.format("absent")
    done = type_command("doctor", "--json", settings=settings)
    about = [(one["level"], one["about"]) for one in json.loads(done.stdout)]
    assert (("fails", "budgets") in about) == is_set
    assert (("note", "budgets") in about or ("ok", "budgets") in about) == is_set
