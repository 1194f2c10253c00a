"""Registers model packages and listens to the events about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws

Events = Callable[[int], list[dict[str, Any]]]


def register(aws: SageMakerAws, group: str, client: Any = None, **more: Any) -> str:
    """ARN of a new version; `client` is whose call it is, root's if none is given."""
    container = {"Image": IMAGE, "ModelDataUrl": "s3://sagemaker-tests/artifacts/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    request = {"ModelPackageGroupName": group, "InferenceSpecification": specification, **more}
    return str((client or aws.sagemaker).create_model_package(**request)["ModelPackageArn"])


def listen(aws: SageMakerAws, group: str) -> Events:
    """Give a function that waits for so many events about a group's packages, from now on."""
    queue = aws.client("sqs").create_queue(QueueName=group)["QueueUrl"]
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Package State Change"],
        "detail": {"ModelPackageGroupName": [group]},
    }
    events = aws.client("events")
    events.put_rule(Name=group, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:eu-west-1:111122223333:{group}"
    access = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [access]})
    sqs = aws.client("sqs")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    events.put_targets(Rule=group, Targets=[{"Id": "queue", "Arn": arn}])
    found: list[dict[str, Any]] = []

    def next_events(count: int) -> list[dict[str, Any]]:
        def enough() -> bool:
            answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            for message in answer.get("Messages", []):
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        wait_for(enough, what=f"{count} events")
        return found

    return next_events
