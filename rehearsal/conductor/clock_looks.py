"""The looks of the dispatch function by the clock: none by itself in trials, one when it is wanted.

Trials count requests and runs, and some last longer than the ten minutes between two looks.
Source of the event: EventBridge user guide, "Creating a rule that runs on a schedule".
"""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mlops_sm_project_template.config import names

Client = Callable[[str], Any]


def stop_looks(client: Client) -> None:
    """Disable the rule; events and reports reach the function as ever."""
    client("events").disable_rule(Name=_rule(client)["Name"])


def look_now(client: Client, at: datetime) -> tuple[bool, str]:
    """Let the function look as if its time had come; whether it ended well, and what it said."""
    event = scheduled_event(_rule(client)["Arn"], at)
    answer = client("lambda").invoke(
        FunctionName=names.DISPATCH_FUNCTION, Payload=json.dumps(event).encode()
    )
    return "FunctionError" not in answer, answer["Payload"].read().decode()


def scheduled_event(rule_arn: str, at: datetime) -> dict[str, Any]:
    """What EventBridge sends for a rule with a schedule."""
    _arn, _partition, _service, region, account, _rule_name = rule_arn.split(":", 5)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }


def _rule(client: Client) -> dict[str, Any]:
    events = client("events")
    function = client("lambda").get_function_configuration(FunctionName=names.DISPATCH_FUNCTION)
    found = events.list_rule_names_by_target(TargetArn=function["FunctionArn"])["RuleNames"]
    described = (events.describe_rule(Name=name) for name in found)
    (rule,) = (one for one in described if one.get("ScheduleExpression"))
    return dict(rule)
