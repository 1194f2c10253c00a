"""Which fleet answers the next request of an endpoint.

A request is counted as in flight in the same step that chooses its server. A fleet that was taken
out of the traffic therefore gets no request any more, and may end as soon as its last one is
answered: no request meets a server that ends.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rehearsal.aws.sagemaker.endpoints.fleet import Fleet, VariantPlan
from rehearsal.aws.sagemaker.endpoints.model_server import ModelServer
from rehearsal.aws.sagemaker.errors import InvocationRefusedError


@dataclass(frozen=True)
class Admitted:
    """One request with the server that answers it."""

    variant: str
    server: ModelServer
    fleet: Fleet


class Traffic:
    """The fleets of one endpoint: the one in service and, during an update, the new one."""

    def __init__(self, fleet: Fleet, dice: random.Random) -> None:
        self._lock = threading.Lock()
        self._dice = dice
        self._current = fleet
        self._new: Fleet | None = None
        self._shares: Mapping[str, float] = {}

    @property
    def current(self) -> Fleet:
        """The fleet in service."""
        return self._current

    def plan(self, variant: str | None) -> VariantPlan:
        """What a variant, or the first one, serves now."""
        plans = self._front().plans
        return plans.get(variant or "") or next(iter(plans.values()))

    @contextmanager
    def admit(self, wanted: str | None) -> Iterator[Admitted]:
        """Choose a server for a request, which is in flight meanwhile.

        Raises:
            InvocationRefusedError: there is no such variant.
            ThrottledError: the variant takes no more requests.
        """
        with self._lock:
            front = self._front()
            variant = wanted or self._draw(front)
            if variant not in front.plans:
                raise InvocationRefusedError(f"Variant {variant} of the endpoint was not found.")
            fleet = self._fleet(front, variant)
            server = fleet.enter(variant)
        try:
            yield Admitted(variant, server, fleet)
        finally:
            fleet.leave(variant)

    def shift(self, new: Fleet, shares: Mapping[str, float]) -> None:
        """Give a new fleet its share of each variant's requests, from 0 to 1."""
        with self._lock:
            self._new, self._shares = new, dict(shares)

    def finish(self) -> Fleet:
        """Leave all requests to the new fleet; answers the one that had them."""
        with self._lock:
            old = self._current
            if self._new is not None:
                self._current, self._new, self._shares = self._new, None, {}
        return old

    def withdraw(self) -> None:
        """Leave all requests to the fleet that had them before."""
        with self._lock:
            self._new, self._shares = None, {}

    def fleets(self) -> list[Fleet]:
        """Every fleet that may have requests."""
        with self._lock:
            return [self._current, *([self._new] if self._new else [])]

    def _front(self) -> Fleet:
        """The fleet whose variants count; the variants of a fleet that has it all are the new."""
        full = self._new is not None and all(share >= 1 for share in self._shares.values())
        return self._new if full and self._new is not None else self._current

    def _draw(self, front: Fleet) -> str:
        names = list(front.plans)
        weights = [front.weights[name] for name in names]
        return self._dice.choices(names, weights if any(weights) else None)[0]

    def _fleet(self, front: Fleet, variant: str) -> Fleet:
        if self._new is not None and self._dice.random() < self._shares.get(variant, 0.0):
            return self._new
        return front
