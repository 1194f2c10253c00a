"""Who publishes to a topic that a customer's KMS key encrypts needs the key too.

SNS asks for it in the publisher's name, and tells KMS by the encryption context for which topic.
AWS's own key `alias/aws/sns` is for everybody in the account who may publish.
Sources: SNS developer guide, "Managing Amazon SNS encryption keys and costs" (a publisher needs
`kms:GenerateDataKey` and `kms:Decrypt`); SNS API reference, Publish, `KMSAccessDenied`.
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import kms, sns

from rehearsal.aws.emulator.iam.identity_policies import not_authorized
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first

_PUBLISHES = ("Publish", "PublishBatch")
_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


def apply() -> None:
    """Ask before a message that comes over the wire is published."""
    serve_first(sns, _serve_with_key)


async def _serve_with_key(request: Request, serve: Serve) -> Any:
    asked = request.texts
    if asked.get("Action") in _PUBLISHES and request.access_key_id:
        topic = asked.get("TopicArn") or asked.get("TargetArn", "")
        key = _key_of(topic)
        problem = _problem(request.access_key_id, topic, key) if key else ""
        if problem:
            return sns._error("KMSAccessDenied", problem, 400)
    return await serve(request)


def _key_of(topic_arn: str) -> str:
    """ARN of the customer's key of a topic; empty if it has none."""
    topic = sns._topics.get(topic_arn) or {}
    found = kms._resolve_key(topic.get("attributes", {}).get("KmsMasterKeyId", ""))
    return str(found["Arn"]) if found else ""


def _problem(access_key: str, topic_arn: str, key_arn: str) -> str:
    context = {
        "kms:ViaService": f"sns.{get_region()}.amazonaws.com",
        "kms:EncryptionContext:aws:sns:topicArn": topic_arn,
    }
    for action in _ACTIONS:
        if iam_evaluator.enforce(access_key, action, "kms", get_region(), key_arn, context):
            return not_authorized(iam_evaluator.caller_arn(), action, key_arn)
    return ""
