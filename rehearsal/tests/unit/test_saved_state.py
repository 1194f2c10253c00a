"""What was touched is saved, whoever changes it and however; nothing else is even looked at."""

from __future__ import annotations

import copy
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from rehearsal.aws.emulator.saved_state import SavedState
from rehearsal.aws.emulator.touched_entries import TouchedDict, touches, watch

Entry = dict[str, Any]
_KEYS = st.sampled_from(["a", "b", ("c", 1)])
_NUMBERS = st.integers(0, 3)


class Service:
    """One with a table as it is, one that is written otherwise, and what is no table."""

    def __init__(self) -> None:
        self.roles, self.keys = AccountScopedDict(), AccountRegionScopedDict()
        self.projects: dict[Any, Any] = TouchedDict()
        self.roles._data, self.keys._data = TouchedDict(), TouchedDict()
        self.counter = 0

    @property
    def tables(self) -> list[Any]:
        return [self.roles, self.keys, self.projects]

    def get_state(self) -> dict[str, Any]:
        written = AccountRegionScopedDict()
        written._data = TouchedDict()
        for key, entry in self.keys._data.items():
            written._data[key] = {"secret": b"s", **entry}
        return {
            "roles": copy.deepcopy(self.roles),
            "keys": written,
            "projects": TouchedDict(self.projects.items()),
            "counter": self.counter,
        }


def plain(state: dict[str, Any] | None) -> dict[str, Any]:
    """A state as dictionaries, whatever its tables are; an empty one is none."""
    values = {part: getattr(value, "_data", value) for part, value in (state or {}).items()}
    return {part: dict.copy(v) if isinstance(v, dict) else v for part, v in values.items() if v}


class EveryWayToChange(RuleBasedStateMachine):
    """The file has everything, after each round, that was done before it began."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.service = Service()
        self.in_hand: list[tuple[int, Entry]] = []
        self.rounds = 0
        self.saved = self.open()

    def open(self) -> SavedState:
        file = Path(self._folder.name) / "services.db"
        return SavedState(file, lambda: {"fake": self.service.get_state})

    def teardown(self) -> None:
        self.saved.close()
        self._folder.cleanup()

    @rule(table=_NUMBERS.filter(lambda n: n < 3), key=_KEYS, number=_NUMBERS)
    def put(self, table: int, key: Any, number: int) -> None:
        self.service.tables[table][key] = {"number": number}

    @rule(table=_NUMBERS.filter(lambda n: n < 3), key=_KEYS, number=_NUMBERS)
    def put_if_missing(self, table: int, key: Any, number: int) -> None:
        self.service.tables[table].setdefault(key, {})["number"] = number

    @rule(table=_NUMBERS.filter(lambda n: n < 3), key=_KEYS)
    def take_out(self, table: int, key: Any) -> None:
        self.service.tables[table].pop(key, None)

    @rule(table=_NUMBERS.filter(lambda n: n < 3), key=_KEYS)
    def delete(self, table: int, key: Any) -> None:
        if key in self.service.tables[table]:
            del self.service.tables[table][key]

    @rule(table=_NUMBERS.filter(lambda n: n < 3), key=_KEYS)
    def take_in_hand(self, table: int, key: Any) -> None:
        entry = self.service.tables[table].get(key)
        if entry is not None:
            self.in_hand.append((self.rounds, entry))

    @rule(number=_NUMBERS)
    def change_what_is_in_hand(self, number: int) -> None:
        for taken, entry in self.in_hand:
            if taken >= self.rounds - 1:
                entry["number"] = number

    @rule(table=_NUMBERS.filter(lambda n: n < 3), number=_NUMBERS)
    def change_while_going_through(self, table: int, number: int) -> None:
        for entry in self.service.tables[table].values():
            entry["number"] = number

    @rule(number=_NUMBERS)
    def count(self, number: int) -> None:
        self.service.counter = number

    @rule()
    def save(self) -> None:
        self.saved.save()
        self.rounds += 1
        assert plain(self.saved.load("fake")) == plain(self.service.get_state())

    @rule()
    def restart(self) -> None:
        """What is read again fills the tables, without being touched."""
        assert self.saved.save_everything() == []
        self.saved.close()
        self.saved, self.service, self.in_hand = self.open(), Service(), []
        state = self.saved.load("fake") or {}
        self.service.roles.update(state.get("roles", {}))
        for key, entry in plain(state).get("keys", {}).items():
            self.service.keys._data[key] = {"number": entry["number"]} if entry else entry
        self.service.projects.update(state.get("projects", {}))
        self.service.counter = state.get("counter", 0)

    @rule()
    def nothing_is_hidden_from_others(self) -> None:
        for table in self.service.tables:
            assert len(table.values()) == len(table)


TestEveryWayToChange = EveryWayToChange.TestCase
TestEveryWayToChange.settings = settings(max_examples=30, stateful_step_count=25)


class Counted(dict[str, Any]):
    """An entry that tells how many were looked at."""

    looks = 0

    def __copy__(self) -> dict[str, Any]:
        Counted.looks += 1
        return dict(self)


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[tuple[Service, SavedState]]:
    service = Service()
    state = SavedState(tmp_path / "services.db", lambda: {"fake": service.get_state})
    yield service, state
    state.close()


@pytest.mark.parametrize("projects", [1, 50, 2000])
def test_a_round_costs_what_was_touched_whatever_there_is(
    saved: tuple[Service, SavedState], projects: int
) -> None:
    service, state = saved
    for number in range(projects):
        service.roles[f"role-{number}"] = Counted(number=number)
        service.keys[number] = {"number": number}
    state.save()
    state.save()
    Counted.looks = 0
    assert state.save() == []
    assert Counted.looks == 0
    assert touches.begin_round() == set()
    service.roles["role-0"]["number"] = -1
    assert [place[1] for place in state.save()] == ["roles"]
    assert Counted.looks == 1


WAYS: dict[str, Callable[[Any], Any]] = {
    "put": lambda table: table.__setitem__("a", {"number": 2}),
    "put if missing": lambda table: table.setdefault("a", {}).update(number=2),
    "take by key": lambda table: table["a"].update(number=2),
    "get": lambda table: table.get("a").update(number=2),
    "go through values": lambda table: [entry.update(number=2) for entry in table.values()],
    "go through items": lambda table: [entry.update(number=2) for _, entry in table.items()],
    "pop": lambda table: table.pop("a"),
    "delete": lambda table: table.__delitem__("a"),
}


@pytest.mark.parametrize("part", ["roles", "keys", "projects"])
@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_change_an_old_entry_is_seen(
    saved: tuple[Service, SavedState], part: str, way: str
) -> None:
    service, state = saved
    table = getattr(service, part)
    table["a"], table["b"] = {"number": 1}, {"number": 1}
    for _ in range(4):
        state.save()
    WAYS[way](table)
    assert ("fake", part) in [place[:2] for place in state.save()]
    assert plain(state.load("fake")) == plain(service.get_state())


@pytest.mark.parametrize("part", ["roles", "keys", "projects"])
def test_who_has_an_entry_in_hand_during_a_round_is_seen_in_the_next(
    saved: tuple[Service, SavedState], part: str
) -> None:
    service, state = saved
    table = getattr(service, part)
    table["a"] = {"number": 1}
    for take in (lambda: table["a"], lambda: table.values()[0]):
        for _ in range(3):
            state.save()
        entry = take()
        state.save()
        entry["number"] += 1
        assert [place[1] for place in state.save()] == [part]


def test_what_is_loaded_is_not_touched_by_that(
    saved: tuple[Service, SavedState], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (AccountScopedDict, AccountRegionScopedDict):
        monkeypatch.setattr(kind, "__init__", kind.__init__)
    watch()
    service, state = saved
    service.roles["a"] = service.keys["a"] = {"number": 1}
    for _ in range(3):
        state.save()
    loaded = state.load("fake") or {}
    again = Service()
    again.roles.update(loaded["roles"])
    assert touches.begin_round() == set()
    assert again.roles["a"] == {"number": 1}
    assert touches.begin_round() == {("000000000000", "a")}


def test_a_service_that_cannot_be_read_is_read_as_a_whole_later(
    saved: tuple[Service, SavedState],
) -> None:
    service, state = saved
    service.roles["a"] = {"number": object()}
    for _ in range(3):
        assert state.save() == []
    dict.__getitem__(service.roles._data, ("000000000000", "a"))["number"] = 1
    assert ("fake", "roles") in [place[:2] for place in state.save()]


def test_what_nobody_touched_is_told_at_the_stop(
    saved: tuple[Service, SavedState], caplog: pytest.LogCaptureFixture
) -> None:
    service, state = saved
    kept = service.roles["a"] = {"number": 1}
    for _ in range(3):
        state.save()
    assert state.save_everything() == []
    kept["number"] = 2
    assert [place[1] for place in state.save_everything()] == ["roles"]
    assert "without being touched" in caplog.text


_WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from rehearsal.aws.emulator.saved_state import SavedState
from rehearsal.tests.unit.test_saved_state import Service
service = Service()
state = SavedState(Path(sys.argv[1]), lambda: {"fake": service.get_state})
for number in range(10**9):
    for table in service.tables:
        for key in range(40):
            table[key] = {"number": number, "text": "x" * 2000}
    state.save()
    print(number, flush=True)
"""


@pytest.mark.tier("test")
def test_a_kill_at_any_moment_leaves_one_whole_round(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[3])
    for attempt in range(5):
        file = tmp_path / f"{attempt}.db"
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(file), root], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(random.randint(1, 8)):
                writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(random.uniform(0.001, 0.05))
            writer.send_signal(signal.SIGKILL)
            told = writer.stdout.read().split()
        loaded = plain(SavedState(file, dict).load("fake"))
        numbers = {entry["number"] for table in loaded.values() for entry in table.values()}
        assert len(numbers) == 1, "half of a round"
        assert sum(map(len, loaded.values())) == 120
        assert not told or max(numbers) >= int(told[-1])
