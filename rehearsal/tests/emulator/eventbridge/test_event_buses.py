"""Who may put which events on which bus, entry by entry."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    LocalAws,
    allow,
    let,
    policy,
    refusal,
    unshared,
    wait_for,
)

_numbers = itertools.count()
_BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus"
_UNSHARED = unshared("events:PutEvents")


def _entry(source: str, detail_type: str = "Report", **more: str) -> dict[str, str]:
    return {"Source": source, "DetailType": detail_type, "Detail": "{}", **more}


def _to_first(source: str) -> dict[str, str]:
    """An entry for the default bus of the first account, whoever sends it."""
    return _entry(source, EventBusName=f"{_BUS}/default")


def _client_with(aws: LocalAws, *statements: dict[str, Any]) -> Any:
    return aws.client("events", aws.user(f"sender-{next(_numbers)}", *statements))


def _only(key: str, value: str, bus: str = "default") -> dict[str, Any]:
    condition = {"StringEquals": {key: value}}
    return {**allow("events:PutEvents", f"{_BUS}/{bus}"), "Condition": condition}


def _assert_denied(client: Any, *entries: dict[str, str]) -> None:
    said = refusal(client.put_events, Entries=list(entries))
    assert "not authorized to perform: events:PutEvents" in said


@pytest.mark.parametrize(
    ("key", "value", "allowed", "denied"),
    [
        ("events:source", "ours", _entry("ours"), _entry("theirs")),
        ("events:source", "ours", _entry("ours"), _entry("ours.too")),
        ("events:detail-type", "Report", _entry("x"), _entry("x", "Order")),
    ],
)
def test_each_entry_must_be_allowed(
    aws: LocalAws, key: str, value: str, allowed: dict[str, str], denied: dict[str, str]
) -> None:
    client = _client_with(aws, _only(key, value))
    assert client.put_events(Entries=[allowed, allowed])["FailedEntryCount"] == 0
    for batch in ([denied], [denied, allowed], [allowed, denied]):
        _assert_denied(client, *batch)


def test_each_entry_is_judged_on_its_own_bus(aws: LocalAws) -> None:
    aws.client("events").create_event_bus(Name="second")
    client = _client_with(
        aws, _only("events:source", "first"), _only("events:source", "other", "second")
    )
    second = {"EventBusName": "second"}
    sent = client.put_events(Entries=[_entry("first"), _entry("other", **second)])
    assert sent["FailedEntryCount"] == 0
    _assert_denied(client, _entry("first"), _entry("first", **second))
    _assert_denied(client, _entry("other"), _entry("other", **second))


def test_a_forbidden_source_refuses_the_call(aws: LocalAws) -> None:
    forbidden = {**_only("events:source", "theirs"), "Effect": "Deny"}
    client = _client_with(aws, allow("events:PutEvents"), forbidden)
    assert client.put_events(Entries=[_entry("ours")])["FailedEntryCount"] == 0
    _assert_denied(client, _entry("ours"), _entry("theirs"))


def test_a_permission_without_conditions_is_for_all_sources(aws: LocalAws) -> None:
    client = _client_with(aws, allow("events:PutEvents"))
    assert client.put_events(Entries=[_entry("a"), _entry("b")])["FailedEntryCount"] == 0


def test_the_source_of_an_event_is_a_condition_for_sessions_too(aws: LocalAws) -> None:
    condition = {"StringEquals": {"events:source": "mine"}}
    _, keys = aws.session("one-source", {**allow("events:PutEvents"), "Condition": condition})
    events = aws.client("events", keys)
    assert events.put_events(Entries=[_entry("mine")])["FailedEntryCount"] == 0
    _assert_denied(events, _entry("not-mine"))


def _share_bus(account: LocalAws, statement: dict[str, Any]) -> str:
    """Set the policy of the default bus by a stack, as a template does; the stack's name."""
    properties = {"StatementId": "Shared", "Statement": statement}
    resource = {"Type": "AWS::Events::EventBusPolicy", "Properties": properties}
    assert account.stack("bus-policy", {"P": resource})["StackStatus"] == "CREATE_COMPLETE"
    return "bus-policy"


def _received(aws: LocalAws, queue: str) -> dict[str, Any]:
    sqs = aws.client("sqs")
    message = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), what="the event"
    )[0]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return dict(json.loads(message["Body"]))


@pytest.fixture(scope="module")
def reports(aws: LocalAws) -> str:
    """A queue of the first account that gets the reports of the other on its default bus."""
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = str(sqs.create_queue(QueueName="reports")["QueueUrl"])
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:reports"
    open_to_rules = let({"Service": "events.amazonaws.com"}, "sqs:SendMessage", arn)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(open_to_rules)})
    pattern = {"detail-type": ["Report"], "source": ["stage", "by-account", "elsewhere", "here"]}
    events.put_rule(Name="reports", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="reports", Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def test_an_event_reaches_another_accounts_bus_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    sender, may_put = other.session("reporter", allow("events:PutEvents", f"{_BUS}/default"))
    _, silent = other.session("no-reporter")
    put = other.client("events", may_put).put_events
    assert _UNSHARED in refusal(put, Entries=[_to_first("stage")])
    condition = {"StringEquals": {"events:source": "stage"}}
    stack = _share_bus(
        aws, let({"AWS": sender}, "events:PutEvents", f"{_BUS}/default", Condition=condition)
    )
    assert put(Entries=[_to_first("stage")])["FailedEntryCount"] == 0
    received = _received(aws, reports)
    assert (received["source"], received["account"]) == ("stage", OTHER_ACCOUNT)
    # Each entry is judged by itself: one that the policy leaves out refuses the request.
    assert _UNSHARED in refusal(put, Entries=[_to_first("stage"), _to_first("other")])
    said = refusal(other.client("events", silent).put_events, Entries=[_to_first("stage")])
    assert "no identity-based policy" in said
    assert aws.delete_stack(stack) == "DELETE_COMPLETE"
    assert _UNSHARED in refusal(put, Entries=[_to_first("stage")])


def test_the_root_user_is_bound_at_another_accounts_bus_whichever_entry_is_for_it(
    other: LocalAws,
) -> None:
    """The question about the first bus is that of one's own account, where root may do all."""
    put = other.client("events").put_events
    own, foreign = _entry("x"), _to_first("x")
    assert put(Entries=[own])["FailedEntryCount"] == 0
    for entries in ([foreign], [foreign, own], [own, foreign]):
        assert _UNSHARED in refusal(put, Entries=entries)


def test_permission_for_an_account_lets_its_principals_put_events(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    _, keys = other.session("account-reporter", allow("events:PutEvents"))
    aws.client("events").put_permission(
        StatementId="Account", Action="events:PutEvents", Principal=OTHER_ACCOUNT
    )
    other.client("events", keys).put_events(Entries=[_to_first("by-account")])
    assert _received(aws, reports)["source"] == "by-account"
    aws.client("events").remove_permission(StatementId="Account")


def test_events_of_one_bus_do_not_reach_the_bus_of_the_same_name(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    other.client("events").put_events(Entries=[_entry("elsewhere")])
    aws.client("events").put_events(Entries=[_entry("here")])
    received = _received(aws, reports)
    assert (received["source"], received["account"]) == ("here", ACCOUNT)
