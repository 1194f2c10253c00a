"""Saves the services' state while the server runs, so that a kill loses little."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable

from ministack import app as gateway
from ministack.core import persistence

_log = logging.getLogger(__name__)
# Of the server's time, whatever it holds: reading a large state takes long.
_MOST_OF_THE_TIME = 0.05


class StateSaver:
    """Writes the state of each service that changed since it was last written."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Starts with nothing written.

        Args:
            clock: in seconds, never set back.
        """
        self._clock = clock
        self._due_at = 0.0
        self._written: dict[str, bytes] = {}

    def save_when_due(self) -> list[str]:
        """Save, unless the last time took long and was not long ago."""
        began = self._clock()
        if began < self._due_at:
            return []
        saved = self.save_changed()
        ended = self._clock()
        self._due_at = ended + (ended - began) * (1 / _MOST_OF_THE_TIME - 1)
        return saved

    def save_changed(self) -> list[str]:
        """Write what changed and name it; a service that cannot give its state is logged."""
        saved = []
        for name, get_state in gateway._build_persistence_save_dict().items():
            try:
                state = get_state()
                if state is None:
                    continue
                digest = _digest(state)
            except (RuntimeError, TypeError, ValueError):
                _log.exception("The state of %s could not be read; it is tried again later.", name)
                continue
            if self._written.get(name) != digest:
                persistence.save_state(name, state)
                self._written[name] = digest
                saved.append(name)
        return saved


def _digest(state: object) -> bytes:
    text = json.dumps(state, default=persistence._json_default)
    return hashlib.sha256(text.encode()).digest()
