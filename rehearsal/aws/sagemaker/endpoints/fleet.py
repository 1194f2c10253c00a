"""A fleet: the servers of all variants of one endpoint configuration.

AWS runs a variant on as many instances as its configuration says. Here one process stands for all
of them; their number decides how much of the traffic a fleet gets while another serves too.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.model_server import (
    ModelServer,
    ServerStartError,
    start_server,
)
from rehearsal.aws.sagemaker.endpoints.models import ServingContainer
from rehearsal.aws.sagemaker.errors import ThrottledError
from rehearsal.aws.service_kit.operations import Record

_DRAIN_SECONDS = 60.0


@dataclass(frozen=True)
class VariantPlan:
    """What one variant serves; kept with the endpoint, so that a restart needs nothing else.

    Args:
        instance_count: 0 for a serverless variant.
        serverless: MemorySizeInMB and MaxConcurrency; None for a variant on instances.
    """

    name: str
    weight: float
    container: ServingContainer
    instance_count: int = 1
    instance_type: str | None = None
    serverless: Record | None = None

    def to_record(self) -> Record:
        """Fit for the store."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Record) -> VariantPlan:
        """From the store."""
        return cls(**{**record, "container": ServingContainer(**record["container"])})

    def retaining(self, weight: float | None, instance_count: int | None) -> VariantPlan:
        """The plan with what an endpoint has now in the place of what its configuration says."""
        return replace(
            self,
            weight=self.weight if weight is None else weight,
            instance_count=self.instance_count if instance_count is None else instance_count,
        )


class Fleet:
    """Healthy servers that count what they are answering."""

    def __init__(
        self,
        config_name: str,
        plans: Sequence[VariantPlan],
        servers: Mapping[str, ModelServer],
        start_seconds: Mapping[str, float],
    ) -> None:
        self.config_name = config_name
        self.plans = {plan.name: plan for plan in plans}
        self.weights = {plan.name: plan.weight for plan in plans}
        self.instance_counts = {plan.name: plan.instance_count for plan in plans}
        self._servers = servers
        self._start_seconds = dict(start_seconds)
        self._idle = threading.Condition()
        self._in_flight: Counter[str] = Counter()
        self._ended = False

    def enter(self, variant: str) -> ModelServer:
        """Count a request as in flight.

        Raises:
            ThrottledError: a serverless variant is answering as many as its MaxConcurrency.
        """
        serverless = self.plans[variant].serverless
        with self._idle:
            if serverless and self._in_flight[variant] >= serverless["MaxConcurrency"]:
                raise ThrottledError("Rate exceeded")
            self._in_flight[variant] += 1
        return self._servers[variant]

    def leave(self, variant: str) -> None:
        """Count a request as answered."""
        with self._idle:
            self._in_flight[variant] -= 1
            self._idle.notify_all()

    def take_setup_seconds(self, variant: str) -> float | None:
        """How long the server of a serverless variant took to start; told once."""
        if self.plans[variant].serverless is None:
            return None
        return self._start_seconds.pop(variant, None)

    def end(self, drain_seconds: float = _DRAIN_SECONDS) -> None:
        """End the servers when the requests in flight are answered, or the time is over."""
        with self._idle:
            self._idle.wait_for(lambda: not self._in_flight.total(), drain_seconds)
            if self._ended:
                return
            self._ended = True
        for server in self._servers.values():
            server.end()


def start_fleet(
    context: AccountContext,
    endpoint: str,
    config_name: str,
    plans: Sequence[VariantPlan],
    folder: Path,
    closing: threading.Event,
) -> Fleet:
    """Start the servers of all variants; when one fails, the others are ended again.

    Raises:
        ServerStartError: a variant did not start.
    """
    servers: dict[str, ModelServer] = {}
    seconds: dict[str, float] = {}
    try:
        for plan in plans:
            begun = time.monotonic()
            place = folder / plan.name
            servers[plan.name] = start_server(
                context, endpoint, plan.name, plan.container, place, closing
            )
            seconds[plan.name] = time.monotonic() - begun
    except ServerStartError:
        for server in servers.values():
            server.end()
        raise
    return Fleet(config_name, plans, servers, seconds)
