"""Who may put which events, entry by entry."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow

_numbers = itertools.count()
_BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus"


def entry(source: str, detail_type: str = "Report", **more: str) -> dict[str, str]:
    return {"Source": source, "DetailType": detail_type, "Detail": "{}", **more}


def client_with(aws: LocalAws, *statements: dict[str, Any]) -> Any:
    return aws.client("events", aws.user(f"sender-{next(_numbers)}", *statements))


def only(key: str, value: str, bus: str = "default") -> dict[str, Any]:
    condition = {"StringEquals": {key: value}}
    return {**allow("events:PutEvents", f"{_BUS}/{bus}"), "Condition": condition}


def assert_denied(client: Any, *entries: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: events:PutEvents"):
        client.put_events(Entries=list(entries))


@pytest.mark.parametrize(
    ("key", "value", "allowed", "denied"),
    [
        ("events:source", "ours", entry("ours"), entry("theirs")),
        ("events:source", "ours", entry("ours"), entry("ours.too")),
        ("events:detail-type", "Report", entry("x"), entry("x", "Order")),
    ],
)
def test_each_entry_must_be_allowed(
    aws: LocalAws, key: str, value: str, allowed: dict[str, str], denied: dict[str, str]
) -> None:
    client = client_with(aws, only(key, value))
    assert client.put_events(Entries=[allowed, allowed])["FailedEntryCount"] == 0
    for batch in ([denied], [denied, allowed], [allowed, denied]):
        assert_denied(client, *batch)


def test_each_entry_is_judged_on_its_own_bus(aws: LocalAws) -> None:
    aws.client("events").create_event_bus(Name="second")
    client = client_with(
        aws, only("events:source", "first"), only("events:source", "other", "second")
    )
    second = {"EventBusName": "second"}
    sent = client.put_events(Entries=[entry("first"), entry("other", **second)])
    assert sent["FailedEntryCount"] == 0
    assert_denied(client, entry("first"), entry("first", **second))
    assert_denied(client, entry("other"), entry("other", **second))


def test_a_forbidden_source_refuses_the_call(aws: LocalAws) -> None:
    forbidden = {**only("events:source", "theirs"), "Effect": "Deny"}
    client = client_with(aws, allow("events:PutEvents"), forbidden)
    assert client.put_events(Entries=[entry("ours")])["FailedEntryCount"] == 0
    assert_denied(client, entry("ours"), entry("theirs"))


def test_a_permission_without_conditions_is_for_all_sources(aws: LocalAws) -> None:
    client = client_with(aws, allow("events:PutEvents"))
    assert client.put_events(Entries=[entry("a"), entry("b")])["FailedEntryCount"] == 0
