"""Each entry of PutEvents is judged by itself: on its bus, with its source and detail type.

MiniStack asks once for each bus, and tells no condition what the events are.
Source: EventBridge user guide, "Using IAM policy conditions in Amazon EventBridge"
(`events:source`, `events:detail-type`); Service Authorization Reference, PutEvents. One entry that
is not allowed refuses the whole call.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id

_PUT_EVENTS = "events:PutEvents"
_KEYS = {"events:source": "Source", "events:detail-type": "DetailType"}
_body: contextvars.ContextVar[bytes] = contextvars.ContextVar("put_events_body", default=b"")


def apply() -> None:
    """Remember the request where its context is read, and ask for each entry where it is judged."""
    request_context = iam_actions.request_tag_context
    enforce = iam_evaluator.enforce

    def remember_and_read(
        service: str, iam_action: str, body: bytes, params: Any
    ) -> dict[str, Any]:
        _body.set(body if iam_action == _PUT_EVENTS else b"")
        return dict(request_context(service, iam_action, body, params))

    def enforce_for_each_entry(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        questions = [service_context or {}]
        if iam_action == _PUT_EVENTS:
            about = _entries_on(resource_arn, region)
            questions = [{**(service_context or {}), **keys} for keys in about] or questions
        for question in questions:
            denied = enforce(access_key_id, iam_action, service, region, resource_arn, question)
            if denied:
                return denied
        return None

    iam_actions.request_tag_context = remember_and_read
    iam_evaluator.enforce = enforce_for_each_entry


def _entries_on(bus_arn: str, region: str) -> Iterator[dict[str, str]]:
    """Condition keys of the entries for one bus."""
    try:
        request = json.loads(_body.get() or b"{}")
    except ValueError:
        return
    entries = request.get("Entries") if isinstance(request, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        alone = json.dumps({"Entries": [entry]}).encode()
        if iam_actions.eventbridge_resource_arns(alone, region, get_account_id()) == [bus_arn]:
            yield {key: str(entry[name]) for key, name in _KEYS.items() if entry.get(name)}
