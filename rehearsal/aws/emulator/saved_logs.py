"""Gives the state of the logs by stream: a group's grows with every invocation of its function."""

from __future__ import annotations

import copy
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch_logs

from rehearsal.aws.emulator import touched_entries
from rehearsal.aws.emulator.saved_state import ALWAYS_COMPARED

_GROUPS = "log_groups"
(_STREAMS,) = ALWAYS_COMPARED
# The other parts of MiniStack's state, each the table of the name.
_OTHERS = (
    *("destinations", "resource_policies", "log_group_policies", "metric_filters", "queries"),
    *("log_records", "delivery_sources", "delivery_destinations", "deliveries"),
)
# What a stream was like when it was given last, without its events, by group and name.
_given: dict[tuple[Any, str], tuple[Any, ...]] = {}


def apply() -> None:
    """Give and take the state by stream."""
    load = cloudwatch_logs.load_persisted_state

    def load_with_streams(data: dict[str, Any]) -> None:
        streams = dict(data.pop(_STREAMS)._data)  # who takes from a copy touches nothing
        for key, group in data[_GROUPS]._data.items():
            places = {name: _place(key, name) for name in group["streams"]}
            group["streams"] = {name: streams[place] for name, place in places.items()}
        load(data)

    cloudwatch_logs.get_state = _get_state
    cloudwatch_logs.load_persisted_state = load_with_streams


def _get_state() -> dict[str, Any]:
    """Every group that was touched, and of these the streams that have changed."""
    groups, streams = AccountRegionScopedDict(), AccountRegionScopedDict()
    if touched_entries.sees_everything():
        _given.clear()
    with cloudwatch_logs._log_events_lock:
        for key, group in cloudwatch_logs._log_groups._data.items():
            groups._data[key] = {**copy.deepcopy(_without(group, "streams")), "streams": []}
            for name, stream in list(group["streams"].items()):
                groups._data[key]["streams"].append(name)
                now = (len(stream["events"]), *_without(stream, "events").values())
                if _given.get((key, name)) != now:
                    _given[key, name] = now
                    streams._data[_place(key, name)] = copy.deepcopy(stream)
    others = {part: copy.deepcopy(getattr(cloudwatch_logs, f"_{part}")) for part in _OTHERS}
    return {_GROUPS: groups, _STREAMS: streams, **others}


def _place(group: tuple[str, str, str], stream: str) -> tuple[str, str, tuple[str, str]]:
    account, region, name = group
    return account, region, (name, stream)


def _without(record: dict[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != member}
