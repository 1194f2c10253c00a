"""EventBridge → Lambda and → SQS: permission first, then delivery; each failure goes its own way.

On AWS an event reaches a function only if the function's policy allows the rule, and a queue only
if the queue's policy does. What cannot be delivered goes to the rule's dead-letter queue. What was
delivered is Lambda's: an asynchronous invocation, tried three times, then sent to the function's
OnFailure destination with the permissions of the function's role. The waits between the tries are
compressed (`environment.ASYNC_RETRY_WAIT_SECONDS`).
Sources: EventBridge user guide, "Using dead-letter queues"; Lambda developer guide, "Asynchronous
invocation".
"""

from __future__ import annotations

import contextvars
import json
import logging
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, sqs

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.iam.identity_policies import decision, role_session
from rehearsal.aws.emulator.wrapping import wrap

_log = logging.getLogger(__name__)
_EVENTS = "events.amazonaws.com"


@dataclass(frozen=True)
class _Delivery:
    """The rule and the target that an event is being delivered for."""

    rule_arn: str
    target_arn: str
    dead_letter_arn: str


_delivery: contextvars.ContextVar[_Delivery] = contextvars.ContextVar("delivery")


def apply() -> None:
    """Replace the deliveries to Lambda and SQS, and guard Lambda's failure destination."""
    eventbridge._dispatch_to_lambda = _deliver_to_function
    wrap(_invoke, "_invoke_target", eventbridge)
    wrap(_deliver_to_queue, "_dispatch_to_sqs", eventbridge)
    wrap(_send_to_destination, "_route_async_failure", lambda_svc)


def _invoke(
    invoke: Any, target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None
) -> None:
    dead_letter_arn = (target.get("DeadLetterConfig") or {}).get("Arn", "")
    delivery = _Delivery(rule.get("Arn", ""), target.get("Arn", ""), dead_letter_arn)
    with holding(_delivery, delivery):
        invoke(target, event, rule, view)


def _deliver_to_queue(deliver: Any, spec: Any, payload: str, parameters: Any = None) -> None:
    problem = _queue_problem(str(spec), _delivery.get().rule_arn)
    if problem:
        _undeliverable(payload, *problem)
    else:
        deliver(spec, payload, parameters)


def _send_to_destination(send: Any, target_arn: str, name: str, *rest: Any) -> None:
    if _function_may_send(name, target_arn):
        send(target_arn, name, *rest)
    else:
        _log.error("The role of %s may not send to %s: the failed event is lost.", name, target_arn)


def _deliver_to_function(function_arn: str, payload: str) -> None:
    function, config, _name = lambda_svc._get_func_record_for_ref(function_arn)
    if not function or not config:
        _undeliverable(payload, "RESOURCE_NOT_FOUND", f"Function not found: {function_arn}")
    elif not _function_policy_allows(function, config["FunctionArn"]):
        _undeliverable(
            payload,
            "NO_PERMISSIONS",
            f"{_EVENTS} is not authorized to perform: lambda:InvokeFunction on {function_arn}",
        )
    else:
        record = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))


def _function_policy_allows(function: dict[str, Any], function_arn: str) -> bool:
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function_arn,
        region=get_region(),
        service_context={
            "aws:sourcearn": _delivery.get().rule_arn,
            "aws:sourceaccount": get_account_id(),
        },
    )
    policy = function.get("policy") or {}
    result = iam_evaluator.evaluate_resource_policy(policy, context, service=_EVENTS)
    return bool(result.decision == "Allow")


def _queue_problem(queue_arn: str, rule_arn: str) -> tuple[str, str] | None:
    if sqs._queue_by_arn(queue_arn) is None:
        return "RESOURCE_NOT_FOUND", f"The queue {queue_arn} does not exist"
    if not sqs.queue_policy_allows(queue_arn, _EVENTS, rule_arn, get_account_id()):
        message = f"{_EVENTS} is not authorized to perform: sqs:SendMessage on {queue_arn}"
        return "NO_PERMISSIONS", message
    return None


def _undeliverable(payload: str, code: str, message: str) -> None:
    """Put an event that could not be delivered into the rule's dead-letter queue."""
    delivery = _delivery.get()
    _log.error("Rule %s could not deliver: %s (%s)", delivery.rule_arn, message, code)
    queue_arn = delivery.dead_letter_arn
    if not queue_arn or _queue_problem(queue_arn, delivery.rule_arn):
        return
    attributes = {
        "RULE_ARN": delivery.rule_arn,
        "TARGET_ARN": delivery.target_arn,
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
    }
    name = str(parse_arn(queue_arn).resource)
    request = {
        "MessageBody": payload,
        "MessageAttributes": {
            key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()
        },
    }
    sqs._act_send_message(request, sqs._queue_name_to_url[name])


def _function_may_send(name: str, target_arn: str) -> bool:
    config = lambda_svc._functions[name]["config"]
    service = parse_arn(target_arn).service
    action = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
    session = role_session(config["Role"], name)
    return decision(session, action.get(service, f"{service}:PutEvents"), target_arn) == "Allow"
