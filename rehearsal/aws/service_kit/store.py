"""What a service remembers."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Store:
    """Records by kind, each kind a field of a subclass; `lock` is held while they change."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()

    def snapshot(self) -> dict[str, Any]:
        """A copy of everything as plain data."""
        with self.lock:
            return dataclasses.asdict(self)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take in what `snapshot` gave."""
        with self.lock:
            for kind in dataclasses.fields(self):
                getattr(self, kind.name).update(state.get(kind.name) or {})
