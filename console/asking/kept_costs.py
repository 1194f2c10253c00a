"""Costs of projects, which Cost Explorer has anew three times a day and AWS charges for asking."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from operations.fleet.costs import read_costs
from operations.fleet.gaps import Gaps

_GOOD_FOR_SECONDS = 8 * 3600.0
# What could not be read, such as while credentials had expired, is asked for sooner.
_VAIN_FOR_SECONDS = 3600.0


@dataclass
class KeptCosts:
    """Asks as `read_costs` does, at most three times a day.

    Args:
        clock: seconds that only grow.
    """

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _costs: dict[str, float] = field(default_factory=dict)
    _gaps: Gaps | None = None
    _asked_at: float = 0.0

    def __call__(self, explorer: Any, region: str, today: date, gaps: Gaps) -> dict[str, float]:
        """Dollars of the last 30 days by project id; what is not known is not in it."""
        with self._lock:
            if self._gaps is None or self.clock() - self._asked_at >= self._good_for(self._gaps):
                self._gaps, self._asked_at = Gaps(), self.clock()
                self._costs = read_costs(explorer, region, today, self._gaps)
            for line in self._gaps.lines:
                gaps.tell(line)
            return self._costs

    def _good_for(self, gaps: Gaps) -> float:
        return _VAIN_FOR_SECONDS if gaps.lines else _GOOD_FOR_SECONDS
