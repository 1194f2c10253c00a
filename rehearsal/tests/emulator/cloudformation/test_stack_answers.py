"""Who always waits finds the end of a change at the first look, if it ends in good time."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError
from ministack.services import cloudformation

from rehearsal.aws.emulator.corrections.chain import ORDER
from rehearsal.aws.emulator.corrections.cloudformation import stack_answers
from rehearsal.tests.emulator.local_aws import LocalAws

_OF_CDK = {"user-agent": "aws-sdk-js/3.0.0 aws-cdk/2.1000.0"}
_HANDLE = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


def test_the_cdk_finds_the_end_of_a_change_that_ends_in_time(aws: LocalAws) -> None:
    client = aws.client("cloudformation", user_agent_extra="aws-cdk/2.1000.0")
    client.create_stack(StackName="held", TemplateBody=_template())
    assert _status(client, "held") == "CREATE_COMPLETE"
    client.create_change_set(
        StackName="held", ChangeSetName="c", TemplateBody=_template(Two=_HANDLE["Handle"])
    )
    client.execute_change_set(StackName="held", ChangeSetName="c")
    assert _status(client, "held") == "UPDATE_COMPLETE"
    client.update_stack(StackName="held", TemplateBody=_template(Never=_never("1")))
    assert _status(client, "held") == "UPDATE_ROLLBACK_COMPLETE"
    stack_id = client.describe_stacks(StackName="held")["Stacks"][0]["StackId"]
    client.delete_stack(StackName=stack_id)
    assert _status(client, stack_id) == "DELETE_COMPLETE"


def test_a_waiter_finds_the_end_at_its_first_look(aws: LocalAws) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="waited", TemplateBody=_template(Never=_never("1")))
    once = {"Delay": 1, "MaxAttempts": 1}
    with pytest.raises(WaiterError) as refusal:
        client.get_waiter("stack_create_complete").wait(StackName="waited", WaiterConfig=once)
    assert refusal.value.last_response["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    client.delete_stack(StackName="waited")
    client.get_waiter("stack_delete_complete").wait(StackName="waited", WaiterConfig=once)


@pytest.mark.parametrize(
    ("features", "is_held"),
    [
        *(("B", True), ("B,AC", True), ("AC,B", True), ("Z,AC,B,b", True)),
        *(("AC,D", False), ("AB,D", False), ("BA", False), ("D,b", False)),
    ],
)
def test_a_waiter_is_known_wherever_its_feature_stands(
    features: str, is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    stack = {"StackStatus": "CREATE_IN_PROGRESS"}

    async def handle_request(*_request: Any) -> Any:
        looks.append(stack["StackStatus"])
        return 200, {}, b""

    async def look() -> None:
        asyncio.get_running_loop().call_later(0.05, stack.update, {"StackStatus": "OVER"})
        await cloudformation.handle_request(*request)

    agent = {"user-agent": f"Boto3/1.43.106 md/Botocore#1.43.127 m/{features} cfg/retry-mode#x"}
    request = ("POST", "/", agent, b"Action=DescribeStacks&StackName=s", {})
    monkeypatch.setattr(cloudformation, "_stacks", {"s": stack})
    monkeypatch.setattr(cloudformation, "handle_request", handle_request)
    stack_answers.apply()
    asyncio.run(look())
    assert looks == ["OVER" if is_held else "CREATE_IN_PROGRESS"]


def test_everybody_else_is_answered_before_the_end(aws: LocalAws) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="not-held", TemplateBody=_template(Never=_never("2")))
    assert _status(client, "not-held") == "CREATE_IN_PROGRESS"
    assert aws.settled("not-held")["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_change_that_takes_longer_is_answered_before_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def handle_request(*_request: Any) -> Any:
        return 200, {}, b""

    monkeypatch.setattr(stack_answers, "_LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(cloudformation, "_stacks", {"s": {"StackStatus": "CREATE_IN_PROGRESS"}})
    monkeypatch.setattr(cloudformation, "handle_request", handle_request)
    stack_answers.apply()
    request = ("POST", "/", _OF_CDK, b"Action=CreateStack&StackName=s", {})
    assert asyncio.run(cloudformation.handle_request(*request)) == (200, {}, b"")


def _never(seconds: str) -> dict[str, Any]:
    """A resource whose creation fails after so many seconds."""
    waiting = {"Handle": {"Ref": "Handle"}, "Timeout": seconds}
    return {"Type": "AWS::CloudFormation::WaitCondition", "Properties": waiting}


def _template(**resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": _HANDLE | resources})


def _status(client: Any, name: str) -> str:
    return str(client.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def test_a_change_that_begins_after_the_request_is_waited_for_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack = {"StackStatus": "CREATE_COMPLETE"}

    async def delete() -> None:
        stack["StackStatus"] = "DELETE_IN_PROGRESS"
        await asyncio.sleep(0.1)
        stack["StackStatus"] = "DELETE_COMPLETE"

    async def handle_request(*_request: Any) -> Any:
        begun.append(asyncio.get_running_loop().create_task(delete()))
        return 200, {}, b""

    begun: list[asyncio.Task[None]] = []
    monkeypatch.setattr(cloudformation, "_stacks", {"s": stack})
    monkeypatch.setattr(cloudformation, "handle_request", handle_request)
    stack_answers.apply()
    request = ("POST", "/", _OF_CDK, b"Action=DeleteStack&StackName=s", {})
    asyncio.run(cloudformation.handle_request(*request))
    assert stack["StackStatus"] == "DELETE_COMPLETE"


def test_a_stack_has_its_role_while_its_change_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stack, role_arn = {"StackStatus": "CREATE_IN_PROGRESS"}, "arn:aws:iam::111122223333:role/r"

    async def create() -> None:
        await asyncio.sleep(0.1)
        stack.update(StackStatus="CREATE_COMPLETE", RoleDuringChange=stack.get("RoleARN", ""))

    async def handle_request(*_request: Any) -> Any:
        begun.append(asyncio.get_running_loop().create_task(create()))
        return 200, {}, b""

    begun: list[asyncio.Task[None]] = []
    monkeypatch.setattr(cloudformation, "_stacks", {"s": stack})
    monkeypatch.setattr(cloudformation, "handle_request", handle_request)
    for correction in ORDER["services.cloudformation.handle_request"].by:
        correction.apply()
    body = f"Action=CreateStack&StackName=s&RoleARN={role_arn}".encode()
    asyncio.run(cloudformation.handle_request("POST", "/", _OF_CDK, body, {}))
    assert stack["RoleDuringChange"] == role_arn
