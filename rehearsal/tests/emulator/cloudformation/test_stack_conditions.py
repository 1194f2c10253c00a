"""Functions in the conditions of a template."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("joined", {"Fn::Join": ["", ["wan", "ted"]]}),
        ("substituted", {"Fn::Sub": "${Given}"}),
        ("split", {"Fn::Select": [1, {"Fn::Split": [",", "a,wanted"]}]}),
        ("found", {"Fn::FindInMap": ["Words", "that", "is"]}),
    ],
)
def test_a_condition_compares_what_a_function_gives(
    aws: LocalAws, name: str, value: dict[str, Any]
) -> None:
    template = {
        "Parameters": {"Given": {"Type": "String", "Default": "wanted"}},
        "Mappings": {"Words": {"that": {"is": "wanted"}}},
        "Conditions": {
            "Equal": {"Fn::Equals": [value, "wanted"]},
            "Different": {"Fn::Not": [{"Fn::Equals": ["wanted", value]}]},
        },
    }
    topic = {"Type": "AWS::SNS::Topic"}
    resources = {kind: {**topic, "Condition": kind} for kind in ("Equal", "Different")}
    stack = f"compared-{name}"
    assert aws.stack(stack, resources, template=template)["StackStatus"] == "CREATE_COMPLETE"
    made = aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    assert [resource["LogicalResourceId"] for resource in made] == ["Equal"]
