"""Messages of roles to topics: the permission, the key, and what a subscriber reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, refusal, wait_for

_ARN = f"arn:aws:{{}}:{REGION}:{ACCOUNT}:{{}}"
_FOR_TOPIC = "kms:EncryptionContext:aws:sns:topicArn"


def _topic(aws: LocalAws, name: str, **attributes: str) -> str:
    """A topic whose messages a queue of its name gets."""
    sns, sqs, queue = aws.client("sns"), aws.client("sqs"), _ARN.format("sqs", name)
    topic = str(sns.create_topic(Name=name, Attributes=attributes)["TopicArn"])
    statement = {**allow("sqs:SendMessage", queue), "Principal": {"Service": "sns.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.create_queue(QueueName=name, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    return topic


def _read(aws: LocalAws, name: str) -> dict[str, Any]:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = wait_for(lambda: sqs.receive_message(QueueUrl=url).get("Messages"), what="the message")
    message: dict[str, Any] = json.loads(found[0]["Body"])
    return message


def _key(aws: LocalAws) -> str:
    root = {**allow("kms:*"), "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root]})
    return str(aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def test_a_role_publishes_to_its_topic_alone_and_a_subscriber_reads_it(aws: LocalAws) -> None:
    topic, other = _topic(aws, "own"), _topic(aws, "foreign")
    _role, keys = aws.session("publishes", allow("sns:Publish", topic))
    sns = aws.client("sns", keys)
    sns.publish(TopicArn=topic, Subject="prod", Message="v3 was deployed")
    message = _read(aws, "own")
    assert (message["Subject"], message["Message"]) == ("prod", "v3 was deployed")
    said = refusal(sns.publish, TopicArn=other, Message="x")
    assert "is not authorized to perform: sns:Publish" in said


@pytest.mark.parametrize(
    ("name", "actions", "conditions", "missing"),
    [
        ("keyless", [], {}, "kms:GenerateDataKey"),
        ("half", ["kms:GenerateDataKey"], {}, "kms:Decrypt"),
        ("another", ["kms:GenerateDataKey", "kms:Decrypt"], {_FOR_TOPIC: "arn:other"}, "kms:Gen"),
        ("keyed", ["kms:GenerateDataKey", "kms:Decrypt"], {}, ""),
    ],
)
def test_a_topic_under_a_key_needs_the_key(
    aws: LocalAws, name: str, actions: list[str], conditions: Mapping[str, str], missing: str
) -> None:
    key = _key(aws)
    topic = _topic(aws, name, KmsMasterKeyId=key)
    meant = {
        "kms:ViaService": f"sns.{REGION}.amazonaws.com",
        _FOR_TOPIC: topic,
        **conditions,
    }
    of_key = {**allow(actions, key), "Condition": {"StringEquals": meant}}
    statements = [allow("sns:Publish", topic), *([of_key] if actions else [])]
    _role, keys = aws.session(f"publishes-{name}", *statements)
    publish = aws.client("sns", keys).publish
    if missing:
        said = refusal(publish, TopicArn=topic, Message="secret")
        assert "KMSAccessDenied" in said
        assert f"is not authorized to perform: {missing}" in said
    else:
        publish(TopicArn=topic, Message="secret")
        assert _read(aws, name)["Message"] == "secret"


def test_awss_own_key_asks_nothing_of_the_publisher(aws: LocalAws) -> None:
    topic = _topic(aws, "awss-key", KmsMasterKeyId="alias/aws/sns")
    _role, keys = aws.session("publishes-plainly", allow("sns:Publish", topic))
    aws.client("sns", keys).publish(TopicArn=topic, Message="plain")
    assert _read(aws, "awss-key")["Message"] == "plain"
