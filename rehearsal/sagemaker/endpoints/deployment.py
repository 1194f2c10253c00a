"""The servers behind an endpoint at one time; an update replaces one deployment by another."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rehearsal.sagemaker.context import World
from rehearsal.sagemaker.endpoints.model_server import ModelServer, ServerStartError, start_server
from rehearsal.sagemaker.endpoints.models import ServingContainer
from rehearsal.sagemaker.resources import Record

_DRAIN_SECONDS = 60.0


@dataclass(frozen=True)
class VariantPlan:
    """What one variant serves; kept with the endpoint, so that a restart needs nothing else."""

    name: str
    weight: float
    container: ServingContainer

    def to_record(self) -> Record:
        """Fit for the store."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Record) -> VariantPlan:
        """From the store."""
        container = ServingContainer(**record["container"])
        return cls(record["name"], record["weight"], container)


class Deployment:
    """Healthy servers of all variants."""

    def __init__(self, servers: Mapping[str, ModelServer], weights: Mapping[str, float]) -> None:
        self._servers = servers
        self.weights = dict(weights)
        self._idle = threading.Condition()
        self._in_flight = 0

    def has(self, variant: str) -> bool:
        """Whether there is such a variant."""
        return variant in self._servers

    @contextmanager
    def server(self, variant: str | None, dice: random.Random) -> Iterator[tuple[str, ModelServer]]:
        """The server for one request, which counts as in flight meanwhile."""
        names = list(self._servers)
        weights = [self.weights[name] for name in names]
        drawn = dice.choices(names, weights if any(weights) else None)[0]
        chosen = variant or drawn
        with self._idle:
            self._in_flight += 1
        try:
            yield chosen, self._servers[chosen]
        finally:
            with self._idle:
                self._in_flight -= 1
                self._idle.notify_all()

    def end(self, drain_seconds: float = _DRAIN_SECONDS) -> None:
        """End the servers when the requests in flight are answered, or the time is over."""
        with self._idle:
            self._idle.wait_for(lambda: not self._in_flight, drain_seconds)
        for server in self._servers.values():
            server.end()


def deploy(
    world: World, endpoint: str, plans: list[VariantPlan], folder: Path, closing: threading.Event
) -> Deployment:
    """Start the servers of all variants; when one fails, the others are ended again.

    Raises:
        ServerStartError: a variant did not start.
    """
    servers: dict[str, ModelServer] = {}
    try:
        for plan in plans:
            place = folder / plan.name
            servers[plan.name] = start_server(
                world, endpoint, plan.name, plan.container, place, closing
            )
    except ServerStartError:
        for server in servers.values():
            server.end()
        raise
    return Deployment(servers, {plan.name: plan.weight for plan in plans})
