"""The state of the logs by stream has what MiniStack's own has."""

from __future__ import annotations

from typing import Any

import pytest
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch_logs

from rehearsal.aws.emulator import saved_logs, touched_entries


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cloudwatch_logs, "_log_groups", AccountRegionScopedDict())
    for name in ("get_state", "load_persisted_state"):
        monkeypatch.setattr(cloudwatch_logs, name, getattr(cloudwatch_logs, name))
    return cloudwatch_logs


def stream(*messages: str) -> dict[str, Any]:
    events = [{"timestamp": n, "message": m} for n, m in enumerate(messages)]
    return {"events": events, "lastIngestionTime": len(events)}


def test_it_comes_back_as_it_was(logs: Any) -> None:
    key = ("111122223333", "eu-west-1", "g")
    logs._log_groups._data[key] = {"tags": {}, "streams": {"a": stream("1", "2"), "b": stream()}}
    whole = logs.get_state()
    saved_logs.apply()
    state = logs.get_state()
    assert state.keys() - {"log_streams"} == whole.keys()
    logs._log_groups._data.clear()
    logs.load_persisted_state(state)
    assert logs._log_groups._data == whole["log_groups"]._data


def test_only_what_changed_is_given_again(logs: Any) -> None:
    saved_logs.apply()
    streams = {"a": stream("1"), "b": stream("1")}
    logs._log_groups._data["1", "r", "g"] = {"streams": streams}
    logs.get_state()
    with touched_entries.saving(set()):
        assert logs.get_state()["log_streams"]._data == {}
        streams["b"]["events"].append({"timestamp": 9, "message": "2"})
        assert list(logs.get_state()["log_streams"]._data) == [("1", "r", ("g", "b"))]
