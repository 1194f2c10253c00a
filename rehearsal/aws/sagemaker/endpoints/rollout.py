"""One deployment of an endpoint: the new fleet starts, takes over step by step, or is withdrawn.

1. look at the alarms, start the new fleet;
2. for each step give it its share of the traffic, then bake: watch the alarms for a while;
3. leave it all requests and end the old fleet, once that has answered its last one;
4. when an alarm trips, or the time is over, give the traffic back and end the new fleet instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints import summaries
from rehearsal.aws.sagemaker.endpoints.alarm_watch import AlarmWatch
from rehearsal.aws.sagemaker.endpoints.fleet import Fleet, VariantPlan
from rehearsal.aws.sagemaker.endpoints.model_server import ServerStartError
from rehearsal.aws.sagemaker.endpoints.state_event import publish_deployment
from rehearsal.aws.sagemaker.endpoints.strategy import Step, Strategy
from rehearsal.aws.sagemaker.endpoints.traffic import Traffic
from rehearsal.aws.service_kit.operations import Record

_LOOK_SECONDS = 0.1


class RolledBackError(Exception):
    """The old fleet has the traffic again; the message is the endpoint's FailureReason."""


class SilentlyRolledBackError(RolledBackError):
    """The same, of a deployment whose endpoint shows no FailureReason.

    Users report that of new instances that fail their health checks: hashicorp/
    terraform-provider-aws, issues 46663 and 48997. The API reference promises a reason only for
    the status Failed.
    """


@dataclass(frozen=True)
class Change:
    """What a deployment brings."""

    config_name: str
    plans: Sequence[VariantPlan]
    strategy: Strategy


class Rollout:
    """Carries one change out."""

    def __init__(
        self,
        context: AccountContext,
        record: Record,
        traffic: Traffic,
        change: Change,
        watch: AlarmWatch,
        closing: threading.Event,
    ) -> None:
        self._context = context
        self._record = record
        self._traffic = traffic
        self._change = change
        self._watch = watch
        self._closing = closing
        self._started = context.clock()
        self._spent_seconds = 0.0

    def run(self, start: Callable[[], Fleet]) -> None:
        """Replace the fleet that serves.

        Raises:
            RolledBackError: an alarm tripped, the time was over, or the new fleet did not start.
        """
        self._tell(summaries.CREATING, summaries.LAUNCHING)
        self._check()
        fleet = self._start(start)
        try:
            for step in self._change.strategy.steps:
                self._activate(fleet, step)
                self._bake(step)
        except RolledBackError:
            self._take_back(fleet)
            raise
        self._end(self._traffic.finish())

    def _start(self, start: Callable[[], Fleet]) -> Fleet:
        begun = time.monotonic()
        try:
            fleet = start()
        except ServerStartError as error:
            raise SilentlyRolledBackError(str(error)) from error
        self._spent_seconds += time.monotonic() - begun
        return fleet

    def _activate(self, fleet: Fleet, step: Step) -> None:
        self._tell(summaries.ACTIVATING, summaries.activating(step), step.instances)
        self._traffic.shift(fleet, self._shares(step.instances))

    def _bake(self, step: Step) -> None:
        """Let a step's time pass, compressed as the settings say, while alarms are watched."""
        self._tell(summaries.BAKING, summaries.baking(step), step.instances)
        pace = self._context.settings.seconds_per_minute / 60
        begun, end = self._spent_seconds, time.monotonic() + step.bake_seconds * pace
        while True:
            left = end - time.monotonic()
            self._spent_seconds = begun + step.bake_seconds - max(left, 0.0) / pace
            self._check()
            if left <= 0:
                return
            self._closing.wait(min(left, _LOOK_SECONDS))

    def _check(self) -> None:
        if self._closing.is_set():
            raise RolledBackError("The rehearsal was stopped during the deployment.")
        tripped = self._watch.tripped(self._change.strategy.alarms)
        if tripped:
            raise RolledBackError(
                "The deployment was rolled back because of the CloudWatch alarm(s) in ALARM "
                f"state: {', '.join(tripped)}."
            )
        timeout = self._change.strategy.timeout_seconds
        if self._spent_seconds > timeout:
            raise RolledBackError(
                "The deployment was rolled back because it took longer than its "
                f"MaximumExecutionTimeoutInSeconds of {timeout} seconds."
            )

    def _take_back(self, fleet: Fleet) -> None:
        for instances in self._change.strategy.rollback:
            self._tell(summaries.DELETING, summaries.TERMINATING, instances)
            self._traffic.shift(fleet, self._shares(instances))
            self._closing.wait(_LOOK_SECONDS)
        self._tell(summaries.DELETING, summaries.TERMINATING)
        self._traffic.withdraw()
        self._end(fleet)

    def _end(self, fleet: Fleet) -> None:
        """End a fleet after its last answer, or at once when the rehearsal ends."""
        if self._closing.is_set():
            fleet.end(drain_seconds=0)
        else:
            fleet.end()

    def _shares(self, instances: Mapping[str, int]) -> dict[str, float]:
        totals = {plan.name: plan.instance_count for plan in self._change.plans}
        return {
            name: count / totals[name] if totals[name] else 1.0 for name, count in instances.items()
        }

    def _tell(self, status: str, message: str, active: Mapping[str, int] | None = None) -> None:
        if self._closing.is_set():
            return
        summary = summaries.pending(
            self._change.config_name,
            self._change.plans,
            self._started,
            status=status,
            message=message,
            now=self._context.clock(),
            active=active,
        )
        self._context.store.change(self._record, PendingDeploymentSummary=summary)
        publish_deployment(self._context, self._record)
