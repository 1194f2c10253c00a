"""Keeps records in memory and in one SQLite file, so that a stop or a kill loses nothing."""

import functools
import sqlite3
import threading
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter

from rehearsal.github.core import resources

KINDS = (
    resources.Repository,
    resources.FormerName,
    resources.PullRequest,
    resources.Comment,
    resources.Environment,
    resources.Approval,
    resources.Secret,
    resources.Variable,
    resources.CommitStatus,
    resources.CommitComment,
    resources.Workflow,
    resources.Run,
    resources.Job,
)
_FIRST_IDS = {"Repository": 910_000_001, "Run": 20_000_000_001, "Job": 60_000_000_001}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Record(Protocol):
    """Anything in ``resources`` with an id."""

    @property
    def id(self) -> int:
        """Unique within its kind, for ever."""


R = TypeVar("R", bound=Record)


@functools.cache
def _adapters() -> dict[type, TypeAdapter[Any]]:
    return {kind: TypeAdapter(kind) for kind in KINDS}


class Store:
    """All records, by kind and id.

    ``lock`` guards every access; callers that read and then write hold it around both.
    """

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.executescript(_SCHEMA)
        self._adapters = _adapters()
        self._records: dict[type, dict[int, Any]] = {kind: {} for kind in KINDS}
        self._sequences: dict[str, int] = {}
        self._load()

    def _load(self) -> None:
        kinds = {kind.__name__: kind for kind in KINDS}
        for name, id_, body in self._database.execute("SELECT kind, id, body FROM records"):
            kind = kinds[name]
            self._records[kind][id_] = self._adapters[kind].validate_json(body)
        self._sequences = dict(self._database.execute("SELECT name, value FROM sequences"))

    def close(self) -> None:
        """Write everything out and close the file."""
        with self.lock:
            self._database.close()

    def next_id(self, name: str) -> int:
        """A number never given out before for this sequence."""
        with self.lock:
            value = self._sequences.get(name, _FIRST_IDS.get(name, 1) - 1) + 1
            self._sequences[name] = value
            self._database.execute("INSERT OR REPLACE INTO sequences VALUES (?, ?)", (name, value))
            return value

    def put(self, record: R) -> R:
        """Insert or replace a record."""
        kind = type(record)
        with self.lock:
            self._records[kind][record.id] = record
            body = self._adapters[kind].dump_json(record).decode()
            self._database.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?)", (kind.__name__, record.id, body)
            )
        return record

    def get(self, kind: type[R], id_: int) -> R | None:
        """The record with this id, if there is one."""
        with self.lock:
            found: R | None = self._records[kind].get(id_)
            return found

    def select(self, kind: type[R], **equal: object) -> list[R]:
        """Records whose named fields have these values, oldest first."""
        with self.lock:
            rows: list[R] = list(self._records[kind].values())
        return [row for row in rows if all(getattr(row, k) == v for k, v in equal.items())]

    def newest(self, kind: type[R], **equal: object) -> list[R]:
        """Records whose named fields have these values, newest first."""
        return sorted(self.select(kind, **equal), key=lambda record: record.id, reverse=True)

    def first(self, kind: type[R], **equal: object) -> R | None:
        """The oldest record whose named fields have these values."""
        return next(iter(self.select(kind, **equal)), None)

    def delete(self, record: Record) -> None:
        """Forget a record; its id is not used again."""
        kind = type(record)
        with self.lock:
            self._records[kind].pop(record.id, None)
            self._database.execute(
                "DELETE FROM records WHERE kind = ? AND id = ?", (kind.__name__, record.id)
            )
