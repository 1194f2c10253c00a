"""Answers a custom-resource request, whatever happens while it is worked on.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from invocation.deadline import AWS_CALL_SECONDS, Deadline, LambdaContext
from invocation.http_pool import HttpPool

_ANSWER_SECONDS = 40.0
_MOST_OF_ALL = 0.5
MAX_BODY_BYTES = 4096
_PUT_ATTEMPTS, _TRY_SECONDS = 6, 4.0
_MOST_BYTES_PER_CHARACTER = 12  # a surrogate pair, escaped

_log = logging.getLogger(__name__)


class ResponseNotDeliveredError(Exception):
    """CloudFormation's response address took no answer; Lambda repeats the whole request."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"CloudFormation's response address took no answer ({why}); Lambda tries again, so "
            "let the function reach Amazon S3 if this repeats."
        )


class AnswerLaterError(Exception):
    """Another invocation has taken the request over and will answer it."""

    def __init__(self) -> None:
        super().__init__("A fresh invocation goes on with this request and answers it.")


class RepeatRequestError(Exception):
    """It is not known whether another invocation has taken the request over; Lambda repeats it.

    Two that work on one request do the same and answer the same; none at all would leave
    CloudFormation without an answer.
    """

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Whether a fresh invocation goes on with this request is not known ({why}), so that "
            "Lambda repeats it; look at the function's network if this happens often."
        )


@dataclass
class PhysicalId:
    """The id that CloudFormation will delete by; work sets it as soon as it makes something."""

    value: str


@dataclass(frozen=True)
class Outcome:
    """What the work came to: attributes for `Fn::GetAtt`, and words when they help."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def reserve_seconds(context: LambdaContext) -> float:
    """Return what the final answer needs of the function's time; work ends before it.

    It may follow a last call of AWS that was silent. A function that has little time is not to
    spend most of it on such a case.
    """
    left_seconds = context.get_remaining_time_in_millis() / 1000
    return min(AWS_CALL_SECONDS + _ANSWER_SECONDS, _MOST_OF_ALL * left_seconds)


def respond(
    event: Mapping[str, Any],
    context: LambdaContext,
    work: Callable[[PhysicalId], Outcome],
    *,
    first_id: str,
    expected: tuple[type[Exception], ...],
    http: HttpPool,
    deadline: Deadline,
) -> None:
    """Do `work` and tell CloudFormation how it ended.

    Args:
        event: CloudFormation's request.
        context: names the log in the answer to an unexpected failure.
        work: takes the physical id, which it may change; its errors become FAILED, except
            `AnswerLaterError` and `RepeatRequestError`, after which nothing is answered.
        first_id: the physical id until `work` or an earlier request says another.
        expected: errors whose text is meant for the reader of the stack's events.
        http: takes the answer to the presigned address, which is never logged.
        deadline: what is left when work ends.

    Raises:
        ResponseNotDeliveredError: the answer could not be delivered.
        RepeatRequestError: from `work`.
    """
    physical_id = PhysicalId(str(event.get("PhysicalResourceId") or first_id))
    try:
        outcome = work(physical_id)
        status = "SUCCESS"
    except AnswerLaterError as later:
        _log.info("%s %s: %s", event.get("RequestType"), event.get("LogicalResourceId"), later)
        return
    except RepeatRequestError:
        raise
    except expected as error:
        outcome, status = Outcome(reason=str(error)), "FAILED"
    except Exception as error:  # noqa: BLE001 - CloudFormation must hear of any failure
        _log.exception("unexpected failure")
        outcome, status = Outcome(reason=_unexpected(error, context)), "FAILED"
    _log.info(
        "%s %s %s: %s %s",
        event.get("RequestType"),
        event.get("LogicalResourceId"),
        physical_id.value,
        status,
        outcome.reason,
    )
    _put(str(event["ResponseURL"]), _body(event, status, physical_id, outcome), http, deadline)


def _unexpected(error: Exception, context: LambdaContext) -> str:
    return (
        f"The function failed unexpectedly with {type(error).__name__}; read the log group "
        f"{context.log_group_name} at request {context.aws_request_id} and try again."
    )


def _body(
    event: Mapping[str, Any], status: str, physical_id: PhysicalId, outcome: Outcome
) -> bytes:
    answer = {
        "Status": status,
        "Reason": outcome.reason,
        "PhysicalResourceId": physical_id.value,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": False,
        "Data": dict(outcome.attributes),
    }
    excess = len(json.dumps(answer)) - MAX_BODY_BYTES
    if excess > 0:
        answer["Reason"] = _shorten(outcome.reason, excess)
    return json.dumps(answer).encode()


def _shorten(reason: str, excess_bytes: int) -> str:
    """Drop the end of a reason so that its JSON form loses at least `excess_bytes`."""
    room = len(json.dumps(reason)) - excess_bytes - len(json.dumps("…"))
    while reason and (over := len(json.dumps(reason)) - room) > 0:
        reason = reason[: -max(1, over // _MOST_BYTES_PER_CHARACTER)]
    return reason + "…"


def _put(url: str, body: bytes, http: HttpPool, deadline: Deadline) -> None:
    why = ""
    for attempt in range(1, _PUT_ATTEMPTS + 1):
        try:
            # The presigned address is signed for an empty content type.
            answer = http.request(
                "PUT",
                url,
                body=body,
                headers={"Content-Type": ""},
                timeout=urllib3.Timeout(total=_TRY_SECONDS),
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            why = type(error).__name__  # its text holds the presigned address
        else:
            if answer.status < 300:
                return
            why = f"status {answer.status}"
        if attempt < _PUT_ATTEMPTS:
            deadline.sleep(0.25 * 2**attempt)
    raise ResponseNotDeliveredError(why)
