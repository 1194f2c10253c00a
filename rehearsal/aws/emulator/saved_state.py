"""Saves what changed while the server runs, so that a kill loses little.

The database has a row for each entry of each table of each service. A table's own row, whose key is
empty, is the table without entries; what is no table is one such row. Values are written as
MiniStack writes them to its files. Each round of saving is one transaction.
"""

from __future__ import annotations

import ast
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

from rehearsal.aws.emulator import touched_entries
from rehearsal.aws.emulator.touched_entries import ReplacedDict, touches

FILE_NAME = "services.db"
CHANGED_UNSEEN = "Changed without being touched, so that a kill had lost it"
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS entries (
    service TEXT, part TEXT, key TEXT, value TEXT, PRIMARY KEY (service, part, key)
);
CREATE INDEX IF NOT EXISTS entries_by_key ON entries (key);
"""
_PUT = """
INSERT INTO entries VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value
"""
# Its state has plain dictionaries made of tables, which must not lack what was not touched.
_ALWAYS_WHOLE = ("route53",)
# Its entries are none of a table's: they are compared whenever their table's entry was touched.
ALWAYS_COMPARED = ("log_streams",)
_log = logging.getLogger(__name__)

GetState = Callable[[], dict[str, Any] | None]
Place = tuple[str, str, str]
"""Service, part of its state, key."""


class SavedState:
    """The state of every service, in one file."""

    def __init__(self, file: Path, services: Callable[[], Mapping[str, GetState]]) -> None:
        """Open the file, or make it.

        Args:
            file: the database.
            services: what gives the state of each service that there is by now.
        """
        self._services = services
        self._lock = threading.Lock()
        self._database = sqlite3.connect(file, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._to_be_read_again: set[str] = set()

    def load(self, service: str) -> dict[str, Any] | None:
        """What a service gave as its state; None if nothing was saved."""
        state: dict[str, Any] = {}
        rows = self._database.execute(
            "SELECT part, key, value FROM entries WHERE service = ? ORDER BY part, key", (service,)
        )
        with touched_entries.saving(None):
            for part, key, text in rows:
                value = json.loads(text, object_hook=persistence._json_object_hook)
                if key:
                    _entries(state[part])[ast.literal_eval(key)] = value
                else:
                    state[part] = value
        return state or None

    def save(self) -> list[Place]:
        """Write what was touched and has changed; returns where."""
        with self._lock:
            keys = touches.begin_round()
            changed = self._save(keys)
            touches.end_round()
            return changed

    def save_everything(self) -> list[Place]:
        """Write everything that has changed; returns what nobody touched, and logs it."""
        self.save()
        with self._lock:
            changed = self._save(None)
            touched = {repr(key) for key in touches.begin_round()}
        # Threads may still be at work; what is always read, they cannot change unseen.
        entries = [place for place in changed if place[2] and place[1] not in ALWAYS_COMPARED]
        unseen = [place for place in entries if place[2] not in touched]
        if unseen:
            _log.error("%s: %s", CHANGED_UNSEEN, unseen)
        return unseen

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _save(self, keys: set[Any] | None) -> list[Place]:
        rows, seen = self._read(keys)
        try:
            with self._database:
                put = [p for p, text in rows.items() if self._run(_PUT, (*p, text))]
                gone = [p for p in self._places(seen, keys or set()) if p not in rows]
                for place in gone:
                    self._run("DELETE FROM entries WHERE (service, part, key) = (?, ?, ?)", place)
        except sqlite3.Error:
            _log.exception("The state could not be written; it is tried again.")
            self._to_be_read_again |= seen.keys()
            return []
        return put + gone

    def _read(self, keys: set[Any] | None) -> tuple[dict[Place, str], dict[str, bool]]:
        """What is to be written, and of which services; True: of all that they have."""
        rows: dict[Place, str] = {}
        seen: dict[str, bool] = {}
        for service, get_state in self._services().items():
            is_whole = keys is None or service in (*_ALWAYS_WHOLE, *self._to_be_read_again)
            try:
                with touched_entries.saving(None if is_whole else keys):
                    rows |= _rows(service, get_state() or {})
            except (AttributeError, LookupError, RuntimeError, TypeError, ValueError):
                _log.exception("The state of %s could not be read; it is tried again.", service)
                self._to_be_read_again.add(service)
                continue
            self._to_be_read_again.discard(service)
            seen[service] = is_whole
        return rows, seen

    def _places(self, seen: dict[str, bool], keys: set[Any]) -> Iterator[Place]:
        """Where something was saved that could be seen now, were it still there."""
        columns = "SELECT service, part, key FROM entries"
        for service, is_whole in seen.items():
            if is_whole:
                yield from self._database.execute(f"{columns} WHERE service = ?", (service,))
        for key in keys:
            for place in self._database.execute(f"{columns} WHERE key = ?", (repr(key),)):
                if seen.get(place[0]) is False:
                    yield place

    def _run(self, statement: str, values: tuple[str, ...]) -> int:
        return self._database.execute(statement, values).rowcount


def _rows(service: str, state: dict[str, Any]) -> dict[Place, str]:
    rows = {}
    for part, value in state.items():
        table = _table(value)
        if table is None:
            rows[service, part, ""] = _text(value)
            continue
        rows[service, part, ""] = _text(type(value)())
        for key, entry in table.items():
            rows[service, part, repr(key)] = _text(entry)
    return rows


def _table(value: Any) -> dict[Any, Any] | None:
    is_scoped = isinstance(value, AccountScopedDict | AccountRegionScopedDict)
    return _entries(value) if is_scoped or isinstance(value, ReplacedDict) else None


def _entries(value: Any) -> dict[Any, Any]:
    entries: dict[Any, Any] = value if isinstance(value, dict) else value._data
    return entries


def _text(value: Any) -> str:
    return json.dumps(value, default=persistence._json_default)
