"""The topic of the registration: who may publish to it, and that nobody may without one."""

import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from mlops_sm_project_template.catalog_constructs.alarm_topic import AlarmTopic
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    LocalAws,
    allow,
    let,
    policy,
    refusal,
    wait_for,
)

STACK, ROLE = "Notices", "notifies"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("notices") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The parameter with a role that may publish, in a stack of their own."""
    outdir = tmp_path_factory.mktemp("app") / "cdk.out"
    app = cdk.App(outdir=str(outdir), analytics_reporting=False)
    stack = cdk.Stack(app, STACK, synthesizer=cdk.LegacyStackSynthesizer())
    role = iam.Role(stack, "Role", assumed_by=iam.AccountPrincipal(ACCOUNT), role_name=ROLE)
    AlarmTopic(stack).let_publish(role)
    app.synth()
    made: dict[str, Any] = json.loads((outdir / f"{STACK}.template.json").read_text("utf-8"))
    return made


def _key(aws: LocalAws) -> str:
    root = let({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", "*")
    return str(aws.client("kms").create_key(Policy=policy(root))["KeyMetadata"]["Arn"])


def _deploy(aws: LocalAws, template: dict[str, Any], topic: str) -> list[str]:
    """Create the stack, or update it to another topic; the policies that its role has then."""
    asked = {
        "StackName": STACK,
        "TemplateBody": json.dumps(template),
        "Parameters": [{"ParameterKey": "AlarmTopicArn", "ParameterValue": topic}],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }
    cloudformation = aws.client("cloudformation")
    found = cloudformation.list_stacks()["StackSummaries"]
    is_there = any(stack["StackName"] == STACK for stack in found)
    (cloudformation.update_stack if is_there else cloudformation.create_stack)(**asked)
    assert aws.settled(STACK)["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    names: list[str] = aws.client("iam").list_role_policies(RoleName=ROLE)["PolicyNames"]
    return names


def _inbox(aws: LocalAws, topic: str) -> str:
    """URL of a queue that gets what is published."""
    sqs = aws.client("sqs")
    url = str(sqs.create_queue(QueueName="inbox")["QueueUrl"])
    asked = {"QueueUrl": url, "AttributeNames": ["QueueArn"]}
    arn = sqs.get_queue_attributes(**asked)["Attributes"]["QueueArn"]
    document = policy(let({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", arn))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def test_the_role_publishes_while_a_topic_is_given_even_under_a_key(
    aws: LocalAws, template: dict[str, Any]
) -> None:
    sns, sqs = aws.client("sns"), aws.client("sqs")
    encrypted = {"KmsMasterKeyId": _key(aws)}
    topic = sns.create_topic(Name="team", Attributes=encrypted)["TopicArn"]
    other = sns.create_topic(Name="other", Attributes=encrypted)["TopicArn"]
    assert _deploy(aws, template, "") == []
    user = aws.user("function", allow("sts:AssumeRole"))
    keys = aws.assume(f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", user)
    publish = aws.client("sns", keys).publish
    assert "sns:Publish" in refusal(publish, TopicArn=topic, Message="too early")

    assert _deploy(aws, template, topic) == ["notices"]
    queue = _inbox(aws, topic)
    publish(TopicArn=topic, Message="prod waits for you")
    read = wait_for(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), what="the notice")
    assert json.loads(read[0]["Body"])["Message"] == "prod waits for you"
    assert "sns:Publish" in refusal(publish, TopicArn=other, Message="elsewhere")

    assert _deploy(aws, template, "") == []
    assert "sns:Publish" in refusal(publish, TopicArn=topic, Message="too late")
