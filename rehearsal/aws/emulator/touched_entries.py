"""Tells which entries of the services' tables may have changed, without looking at them all.

Who changes an entry has it from its table: it was put there, taken by its key, or met on a way
through the whole table. Such an entry counts as touched until two rounds of saving have begun and
ended since: the second is for who still had it in hand during the first.

While a round is taken, the thread that takes it sees of every table only what was touched. So a
service gives its state as ever, and it is small.
"""

from __future__ import annotations

import contextlib
import copy
import math
import threading
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

_ROUNDS = 2
_GONE = object()


class Touches:
    """The keys that were touched, whatever their table, and in which round."""

    def __init__(self) -> None:
        """Nothing was touched yet."""
        self.round = 0
        self._rounds: dict[Any, int] = {}

    def add(self, key: Any) -> None:
        """Note a key, unless it is met while saving."""
        if not _view.is_saving:
            self._rounds[key] = self.round

    def begin_round(self) -> set[Any]:
        """Begin to save: returns what is to be saved; what is touched from now on comes next."""
        self.round += 1
        return set(self._rounds)

    def end_round(self) -> None:
        """Forget what has been saved often enough."""
        for key, touched in list(self._rounds.items()):
            if not self.is_recent(touched - 1):
                # Another thread may have touched it again by now.
                latest = self._rounds.pop(key, touched)
                if latest > touched:
                    self._rounds[key] = latest

    def is_recent(self, touched: float) -> bool:
        """Whether what was touched in a round is to be saved in the present one."""
        return touched >= self.round - _ROUNDS


class _View(threading.local):
    """How the present thread sees the tables.

    Attributes:
        is_saving: what it reads is not touched by that.
        keys: all that it sees, besides tables that were gone through; None: everything.
    """

    is_saving = False
    keys: set[Any] | None = None


touches = Touches()
_view = _View()


@contextlib.contextmanager
def saving(keys: set[Any] | None) -> Iterator[None]:
    """Let this thread read the given keys of every table, or everything, and touch nothing."""
    _view.is_saving, _view.keys = True, keys
    try:
        yield
    finally:
        _view.is_saving, _view.keys = False, None


def sees_everything() -> bool:
    """Whether the present thread sees the tables as they are."""
    return _view.keys is None


class ReplacedDict(dict[Any, Any]):
    """A table whose entries never change, and are put in the place of others.

    `update` touches nothing: a table is filled by it with what was saved.
    """

    def __init__(self, entries: Any = ()) -> None:
        """A table that is made while saving is part of what is saved: all of it is seen."""
        super().__init__(entries)
        self._gone_through = math.inf if _view.is_saving else -math.inf

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        touches.add(key)

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        touches.add(key)

    def pop(self, key: Any, *default: Any) -> Any:
        """As a dictionary."""
        found = super().pop(key, *default)
        touches.add(key)
        return found

    def items(self) -> Any:
        """A copy of the entries, since threads change the table meanwhile."""
        keys = _view.keys
        if keys is None or touches.is_recent(self._gone_through):
            return list(super().items())
        found = [(key, dict.get(self, key, _GONE)) for key in self.keys() & keys]
        return [(key, entry) for key, entry in found if entry is not _GONE]

    def values(self) -> Any:
        """A copy of the values, since threads change the table meanwhile."""
        return [value for _key, value in self.items()]


class TouchedDict(ReplacedDict):
    """A table whose entries are changed by who takes them from it."""

    def __getitem__(self, key: Any) -> Any:
        touches.add(key)
        return super().__getitem__(key)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        """A plain copy, which nobody saves; what is saved is written at once, so it is shallow.

        Services drop members of their copies' entries, so these are not the entries themselves.
        """
        if _view.is_saving:
            return {key: copy.copy(value) for key, value in self.items()}
        return {key: copy.deepcopy(value, memo) for key, value in self.items()}

    def get(self, key: Any, default: Any = None) -> Any:
        """As a dictionary."""
        touches.add(key)
        return super().get(key, default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """As a dictionary."""
        found = super().setdefault(key, default)
        touches.add(key)
        return found

    def items(self) -> Any:
        """A copy of the entries, all of which are touched by that."""
        if not _view.is_saving:
            self._gone_through = touches.round
        return super().items()


def watch() -> None:
    """Let every table of MiniStack's services that is made from now on note what is touched."""

    def begin(table: Any) -> None:
        table._data = TouchedDict()

    for kind in (AccountScopedDict, AccountRegionScopedDict):
        kind.__init__ = begin
