"""Saves the services' state while the server runs, so that a kill loses little."""

from __future__ import annotations

import hashlib
import json
import logging

from ministack import app as gateway
from ministack.core import persistence

_log = logging.getLogger(__name__)


class StateSaver:
    """Writes the state of each service that changed since it was last written."""

    def __init__(self) -> None:
        """Starts with nothing written."""
        self._written: dict[str, bytes] = {}

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
