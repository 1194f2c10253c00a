"""CloudWatch's metrics of endpoints, in the namespace AWS/SageMaker.

An invocation only appends to a queue; a thread puts what has come together into CloudWatch, a
point per distinct value. For an error metric each request sends 1 or 0, so that its average is the
share of requests with that error.
Sources: SageMaker developer guide, "Amazon SageMaker AI metrics in Amazon CloudWatch"; "Auto-
Rollback Configuration and Monitoring" for the dimension EndpointConfigName; "Alarms and logs for
tracking metrics from serverless endpoints" for what a serverless variant sends.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rehearsal.aws.emulator.corrections.cloudwatch import metric_points
from rehearsal.aws.service_kit.event_loop import on_event_loop

_NAMESPACE = "AWS/SageMaker"
_FLUSH_SECONDS = 0.5
_MICROSECONDS = 1e6
_DIGITS = 3

Series = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Invocation:
    """One answered request.

    Args:
        status: the container's answer; None when there was none.
        instances: behind the variant; 0 for a serverless one.
        setup_seconds: of the server that this request was the first for.
    """

    endpoint: str
    variant: str
    config_name: str
    status: int | None
    model_seconds: float
    overhead_seconds: float
    instances: int
    setup_seconds: float | None = None

    def values(self) -> Iterator[tuple[str, float]]:
        """Metrics by name."""
        failed = self.status is None or not 200 <= self.status < 300
        yield "Invocations", 1.0
        yield "Invocation4XXErrors", float(self.status is not None and 400 <= self.status < 500)
        yield "Invocation5XXErrors", float(self.status is None or self.status >= 500)
        yield "InvocationModelErrors", float(failed)
        yield "ModelLatency", _rounded(self.model_seconds * _MICROSECONDS)
        yield "OverheadLatency", _rounded(self.overhead_seconds * _MICROSECONDS)
        if self.instances:
            yield "InvocationsPerInstance", 1 / self.instances
        if self.setup_seconds is not None:
            yield "ModelSetupTime", _rounded(self.setup_seconds * _MICROSECONDS)

    def dimensions(self) -> list[tuple[tuple[str, str], ...]]:
        """Those of the variant, and those of the variant in one configuration."""
        variant = (("EndpointName", self.endpoint), ("VariantName", self.variant))
        return [variant, (*variant, ("EndpointConfigName", self.config_name))]


class InvocationMetrics:
    """Collects invocations and hands them to CloudWatch."""

    def __init__(self, account: str, region: str) -> None:
        self._place: dict[str, Any] = {"account": account, "region": region}
        self._waiting: deque[Invocation] = deque()
        self._closed = threading.Event()
        self._flushing = threading.Lock()
        self._thread: threading.Thread | None = None

    def record(self, invocation: Invocation) -> None:
        """Take an invocation; does not wait."""
        self._waiting.append(invocation)
        if self._thread is None:
            self._start()

    def flush(self) -> None:
        """Hand over what has come together."""
        with self._flushing:
            taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if taken:
                counts = _counts(taken)
                on_event_loop(lambda: _store(counts), **self._place)

    def close(self) -> None:
        """End the thread; what is waiting is dropped."""
        self._closed.set()

    def _start(self) -> None:
        with self._flushing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._closed.wait(_FLUSH_SECONDS):
            self.flush()


def _counts(invocations: list[Invocation]) -> dict[Series, Counter[float]]:
    counts: dict[Series, Counter[float]] = defaultdict(Counter)
    for invocation in invocations:
        for name, value in invocation.values():
            for dimensions in invocation.dimensions():
                counts[name, dimensions][value] += 1
    return counts


def _store(counts: dict[Series, Counter[float]]) -> None:
    for (name, dimensions), values in counts.items():
        unit = "Microseconds" if name.endswith(("Latency", "Time")) else "None"
        metric_points.store(_NAMESPACE, name, dict(dimensions), values, unit)


def _rounded(value: float) -> float:
    """Three digits, so that equal latencies become one point and percentiles stay right."""
    return float(f"{value:.{_DIGITS}g}")
