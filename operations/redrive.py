"""Sends events again that never reached GitHub: each is taken from its queue and invoked anew.

A message is deleted only after Lambda has accepted its event. Sending one twice is harmless: the
dispatch function starts each approval's deployment once.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.installation import Installation

# Long enough for one command; what it does not delete shows again after that.
_HIDDEN_SECONDS = 120
_BATCH = 10


class _NoEventError(Exception):
    """A message that holds no event."""


@dataclass(frozen=True)
class Redriven:
    """What became of one message.

    Args:
        queue: what its queue holds.
        event_id: EventBridge's id, or the message's where it holds no event.
        about: the version or execution.
        outcome: `sent`, `found` in a dry run, or `left`.
        why: the reason, for `left`.
    """

    queue: str
    event_id: str
    about: str
    outcome: str
    why: str = ""


@dataclass(frozen=True)
class Redrive:
    """Works on both queues.

    Args:
        installation: where queues and function are.
        sqs: boto3 client.
        lambda_client: boto3 client.
        clock: seconds since the epoch.
        dry_run: only tell what is there.
    """

    installation: Installation
    sqs: Any
    lambda_client: Any
    clock: Callable[[], float]
    dry_run: bool = False

    def run(self) -> Iterator[Redriven]:
        """Yield each message when it is done; those that came later than this call stay."""
        began = self.clock()
        for url, meaning in self.installation.queues.items():
            shown_again: list[str] = []
            for message in self._messages(url, began):
                outcome = self._treat(url, meaning, message)
                if outcome.outcome != "sent":
                    shown_again.append(message["ReceiptHandle"])
                yield outcome
            for handle in shown_again:
                self.sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
                )

    def _messages(self, url: str, began: float) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        while True:
            batch = self.sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=1,  # asks all of the queue's servers
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            fresh = [message for message in batch if message["MessageId"] not in seen]
            if not fresh:
                return
            seen.update(message["MessageId"] for message in fresh)
            for message in fresh:
                # What failed again meanwhile must not go round in this very command.
                if int(message["Attributes"]["SentTimestamp"]) / 1000 <= began:
                    yield message

    def _treat(self, url: str, meaning: str, message: dict[str, Any]) -> Redriven:
        try:
            event = _event(message["Body"])
        except _NoEventError as error:
            return Redriven(meaning, message["MessageId"], "unknown", "left", str(error))
        id_, about = str(event["id"]), _about(event)
        if self.dry_run:
            return Redriven(meaning, id_, about, "found")
        try:
            self.lambda_client.invoke(
                FunctionName=self.installation.dispatch_function,
                InvocationType="Event",
                Payload=json.dumps(event).encode(),
            )
        except (ClientError, BotoCoreError) as error:
            return Redriven(meaning, id_, about, "left", describe(error))
        self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return Redriven(meaning, id_, about, "sent")


def _event(body: str) -> dict[str, Any]:
    """Return the event of a message: itself, or inside Lambda's record of a failed invocation.

    Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    """
    try:
        record = json.loads(body)
    except ValueError:
        raise _NoEventError("it is not JSON") from None
    event = record.get("requestPayload", record) if isinstance(record, dict) else None
    if not isinstance(event, dict) or "id" not in event or "detail-type" not in event:
        raise _NoEventError("it holds no event")
    return event


def _about(event: dict[str, Any]) -> str:
    detail = event.get("detail") or {}
    subject = detail.get("ModelPackageArn") or detail.get("pipelineExecutionArn") or "unknown"
    return str(subject)
