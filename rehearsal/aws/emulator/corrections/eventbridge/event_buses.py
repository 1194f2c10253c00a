"""An event goes to another account's bus if the bus's policy lets it; each entry is judged alone.

MiniStack knows the buses of the caller's account only, tells IAM nothing of an event's source, and
keeps a bus's policy without ever asking it.
Sources: EventBridge user guide, "Permissions for event buses", "Sending and receiving events
between AWS accounts" (`account` of an event is the sender's) and "Using IAM policy conditions"
(`events:source`, `events:detail-type`); API reference, PutPermission.
"""

from __future__ import annotations

import contextvars
import json
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import eventbridge

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.iam import enforcement, resource_owners
from rehearsal.aws.emulator.iam.enforcement import Judge, Question
from rehearsal.aws.emulator.iam.judged_resources import Keys, Params, tell_request_keys
from rehearsal.aws.emulator.service_requests import json_members
from rehearsal.aws.emulator.wrapping import wrap

_TYPE = "AWS::Events::EventBusPolicy"
_PUT = "events:PutEvents"
Entry = dict[str, Any]
# Entries of the present request that IAM has not judged yet.
_entries: contextvars.ContextVar[tuple[Entry, ...] | None] = contextvars.ContextVar(
    "entries", default=None
)
_sender: contextvars.ContextVar[str] = contextvars.ContextVar("sender", default="")


def apply(registry: Extensions) -> None:
    """Judge entries, deliver them, keep policies as AWS does, and add their CloudFormation type."""
    tell_request_keys(_note_entries)
    enforcement.judge_first(_judge_each)
    wrap(_put_where_it_goes, "_put_events", eventbridge)
    wrap(_view_with_sender, "_pattern_event_view", eventbridge)
    wrap(_put_whole_or_statement, "_put_permission", eventbridge)
    registry.add_type(_TYPE, _create, _delete, _update, replace_on=("EventBusName", "StatementId"))
    resource_owners.tell_policies("events", _policy_of_bus)


def _note_entries(_service: str, iam_action: str, body: bytes, _params: Params) -> Keys:
    _entries.set(_read_entries(body) if iam_action == _PUT else None)
    return {}  # each entry has its own keys


def _judge_each(question: Question, judge: Judge) -> Any:
    entries = _entries.get()
    if question.iam_action != _PUT or entries is None:
        return judge(question)
    _entries.set(())  # MiniStack asks once more for each further bus
    for entry in entries:
        keys = {
            **(question.service_context or {}),
            "events:source": str(entry.get("Source", "")),
            "events:detail-type": str(entry.get("DetailType", "")),
        }
        denied = judge(question._replace(resource_arn=_bus_arn(entry), service_context=keys))
        if denied is not None:
            return denied
    return None


def _read_entries(body: bytes) -> tuple[Entry, ...] | None:
    given = json_members(body).get("Entries")
    entries = given if isinstance(given, list) else []
    return tuple(entry for entry in entries if isinstance(entry, dict)) or None


def _bus_arn(entry: Entry) -> str:
    bus = str(entry.get("EventBusName") or "default")
    if bus.startswith("arn:"):
        return bus
    return f"arn:aws:events:{get_region()}:{get_account_id()}:event-bus/{bus}"


def _put_where_it_goes(put: Any, data: dict[str, Any], allow_aws_source: bool = False) -> Any:
    entries = data.get("Entries", [])
    caller = get_account_id()
    if len(entries) > 10 or not any(_is_foreign(entry, caller) for entry in entries):
        return put(data, allow_aws_source)
    results: list[dict[str, Any]] = []
    for entry in entries:
        results += _put_one(put, entry, caller)
    failed = sum("ErrorCode" in result for result in results)
    return json_response({"FailedEntryCount": failed, "Entries": results})


def _view_with_sender(view_of: Any, event: dict[str, Any]) -> Any:
    if _sender.get():
        event["Account"] = _sender.get()
    return view_of(event)


def _is_foreign(entry: Entry, account: str) -> bool:
    return resource_owners.is_foreign(_bus_arn(entry), account)


def _put_one(put: Any, entry: Entry, caller: str) -> list[dict[str, Any]]:
    with holding(_sender, caller), resource_owners.in_account_of(_bus_arn(entry)):
        _status, _headers, body = put({"Entries": [entry]})
    results: list[dict[str, Any]] = json.loads(body)["Entries"]
    return results


def _put_whole_or_statement(put_permission: Any, data: dict[str, Any]) -> Any:
    bus = data.get("EventBusName") or "default"
    if data.get("Policy"):
        eventbridge._event_bus_policies[bus] = json.loads(data["Policy"])
        return json_response({})
    answer = put_permission(data)
    for statement in eventbridge._event_bus_policies[bus]["Statement"]:
        _spell_out(statement)
    return answer


def _spell_out(statement: dict[str, Any]) -> None:
    """Write the account and the condition of PutPermission as a policy has them."""
    principal, condition = statement.get("Principal"), statement.get("Condition", {})
    if isinstance(principal, str) and principal != "*":
        statement["Principal"] = {"AWS": f"arn:aws:iam::{principal}:root"}
    if "Type" in condition:
        statement["Condition"] = {condition["Type"]: {condition["Key"]: condition["Value"]}}


def _policy_of_bus(arn: str) -> Any:
    return eventbridge._event_bus_policies.get(arn.rpartition(":event-bus/")[2])


def _create(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    bus, sid = props.get("EventBusName") or "default", props["StatementId"]
    if props.get("Statement"):
        given = props["Statement"]
        given = json.loads(given) if isinstance(given, str) else given
        _delete(f"{bus}|{sid}", {})
        empty = {"Version": "2012-10-17", "Statement": []}
        policy = eventbridge._event_bus_policies.setdefault(bus, empty)
        policy["Statement"].append({**given, "Sid": sid})
    else:
        members = ("Action", "Condition", "Principal", "StatementId")
        given = {name: props[name] for name in members if name in props}
        eventbridge._put_permission({**given, "EventBusName": bus})
    return f"{bus}|{sid}", {}


def _update(
    physical_id: str, _old: dict[str, Any], new: dict[str, Any], stack: str
) -> tuple[str, dict[str, Any]]:
    return _create(physical_id, new, stack)


def _delete(physical_id: str, _props: dict[str, Any]) -> None:
    bus, _, sid = physical_id.partition("|")
    eventbridge._remove_permission({"EventBusName": bus, "StatementId": sid})
