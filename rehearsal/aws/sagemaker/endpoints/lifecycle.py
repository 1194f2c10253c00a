"""What happens to an endpoint after its request was taken: each change on a thread of its own."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints import summaries
from rehearsal.aws.sagemaker.endpoints.alarm_watch import AlarmWatch
from rehearsal.aws.sagemaker.endpoints.fleet import Fleet, VariantPlan, start_fleet
from rehearsal.aws.sagemaker.endpoints.model_server import ServerStartError
from rehearsal.aws.sagemaker.endpoints.rollout import (
    Change,
    RolledBackError,
    Rollout,
    SilentlyRolledBackError,
)
from rehearsal.aws.sagemaker.endpoints.state_event import publish_deployment, publish_state
from rehearsal.aws.sagemaker.endpoints.traffic import Traffic
from rehearsal.aws.service_kit.operations import Record

SETTLED = ("InService", "Failed", "OutOfService")
_GATEWAY_SECONDS = 60.0
_GATEWAY_POLL_SECONDS = 0.05
_INTERRUPTED = "The rehearsal was stopped during the deployment; the old configuration serves."


class EndpointLifecycle:
    """The traffic of every endpoint, and the threads that change it."""

    def __init__(self, context: AccountContext, watch: AlarmWatch) -> None:
        self._context = context
        self._store = context.store
        self._watch = watch
        self._closing = threading.Event()
        self._traffic: dict[str, Traffic] = {}
        self._changed = threading.Condition()

    def traffic(self, name: str, wait_seconds: float = 0) -> Traffic | None:
        """What serves an endpoint now; waits while a restart restores it."""
        with self._changed:
            self._changed.wait_for(lambda: name in self._traffic, wait_seconds)
            return self._traffic.get(name)

    def wait_until_settled(self, name: str) -> Record | None:
        """The endpoint once it is neither being created, changed nor deleted; None when gone."""
        with self._changed:
            while True:
                record = self._store.endpoints.get(name)
                if record is None or record["EndpointStatus"] in SETTLED:
                    return record
                self._changed.wait(1.0)

    def create(self, record: Record, plans: Sequence[VariantPlan]) -> None:
        """Start the servers of a new endpoint."""
        self._in_background(self._create, record, plans)

    def replace(self, record: Record, change: Change, deployment_config: Record | None) -> None:
        """Bring a change to an endpoint in service."""
        self._in_background(self._replace, record, change, deployment_config)

    def delete(self, record: Record) -> None:
        """End the servers when their requests are answered, and forget the endpoint."""
        self._in_background(self._delete, record)

    def restore(self) -> None:
        """Start the servers of the endpoints that the last server left behind."""
        for record in self._store.all(self._store.endpoints):
            if record["EndpointStatus"] == "Deleting":
                self._in_background(self._delete, record)
            elif record["EndpointStatus"] != "Failed":
                reason = _INTERRUPTED if record["EndpointStatus"] == "Updating" else None
                self._store.change(record, EndpointStatus="SystemUpdating", FailureReason=reason)
                self._in_background(self._restore, record)

    def end_all(self) -> None:
        """End every server process, because the rehearsal ends."""
        self._closing.set()
        with self._changed:
            every, self._traffic = self._traffic, {}
        endings = [
            threading.Thread(target=fleet.end, args=(0,), name="ending")
            for traffic in every.values()
            for fleet in traffic.fleets()
        ]
        for ending in endings:
            ending.start()
        for ending in endings:
            ending.join()

    def _create(self, record: Record, plans: Sequence[VariantPlan]) -> None:
        self._tell_creation(record, plans)
        publish_state(self._context, record)
        try:
            self._bring_up(record, plans)
        except ServerStartError as error:
            self._settle(record, "Failed", FailureReason=str(error))
            return
        shown = summaries.in_service(plans, self._context.clock())
        self._settle(record, "InService", ProductionVariants=shown)

    def _tell_creation(self, record: Record, plans: Sequence[VariantPlan]) -> None:
        now = self._context.clock()
        summary = summaries.pending(
            record["EndpointConfigName"],
            plans,
            now,
            status=summaries.CREATING,
            message=summaries.LAUNCHING,
            now=now,
        )
        self._store.change(record, PendingDeploymentSummary=summary)
        publish_deployment(self._context, record)

    def _replace(self, record: Record, change: Change, deployment_config: Record | None) -> None:
        publish_state(self._context, record)
        traffic = self._traffic.get(record["EndpointName"])
        if traffic is None:
            return
        before = record["_generation"]
        folder = self._folder(record, before + 1)

        def start() -> Fleet:
            return self._start(record, change.config_name, change.plans, folder)

        try:
            Rollout(self._context, record, traffic, change, self._watch, self._closing).run(start)
        except RolledBackError as error:
            shutil.rmtree(folder, ignore_errors=True)
            is_silent = isinstance(error, SilentlyRolledBackError)
            self._settle(
                record,
                "InService",
                FailureReason=None if is_silent else str(error),
                LastDeploymentConfig=deployment_config,
            )
            return
        self._settle(
            record,
            "InService",
            EndpointConfigName=change.config_name,
            ProductionVariants=summaries.in_service(change.plans, self._context.clock()),
            LastDeploymentConfig=deployment_config,
            _generation=before + 1,
            _plans=[plan.to_record() for plan in change.plans],
        )
        shutil.rmtree(self._folder(record, before), ignore_errors=True)

    def _restore(self, record: Record) -> None:
        self._wait_for_gateway()
        kept = self._folder(record, record["_generation"])
        for folder in kept.parent.glob("*"):
            if folder != kept:
                shutil.rmtree(folder, ignore_errors=True)
        try:
            self._bring_up(record, [VariantPlan.from_record(plan) for plan in record["_plans"]])
        except ServerStartError as error:
            self._settle(record, "Failed", FailureReason=str(error))
            return
        self._settle(record, "InService")

    def _delete(self, record: Record) -> None:
        publish_state(self._context, record)
        with self._changed:
            traffic = self._traffic.pop(record["EndpointName"], None)
        if traffic:
            traffic.current.end()
        shutil.rmtree(self._folder(record, 0).parent, ignore_errors=True)
        with self._store.lock:
            del self._store.endpoints[record["EndpointName"]]
            self._store.forget_tags([record["EndpointArn"]])
        with self._changed:
            self._changed.notify_all()

    def _bring_up(self, record: Record, plans: Sequence[VariantPlan]) -> None:
        folder = self._folder(record, record["_generation"])
        fleet = self._start(record, record["EndpointConfigName"], plans, folder)
        with self._changed:
            if not self._closing.is_set():
                traffic = Traffic(fleet, self._context.dice)
                self._traffic[record["EndpointName"]] = traffic
                return
        fleet.end(drain_seconds=0)

    def _start(
        self, record: Record, config_name: str, plans: Sequence[VariantPlan], folder: Path
    ) -> Fleet:
        name = record["EndpointName"]
        return start_fleet(self._context, name, config_name, plans, folder, self._closing)

    def _settle(self, record: Record, status: str, **members: object) -> None:
        if self._closing.is_set():
            return
        now = self._context.clock()
        self._store.change(
            record,
            PendingDeploymentSummary=None,
            **members,
            LastModifiedTime=now,
            EndpointStatus=status,
        )
        publish_state(self._context, record)
        with self._changed:
            self._changed.notify_all()

    def _folder(self, record: Record, generation: int) -> Path:
        name: str = record["EndpointName"]
        return self._context.settings.root / "endpoint" / name / str(generation)

    def _wait_for_gateway(self) -> None:
        """Model artifacts come over HTTP, and the server restores before it listens."""
        address = urlsplit(self._context.settings.endpoint_url)
        deadline = time.monotonic() + _GATEWAY_SECONDS
        while time.monotonic() < deadline and not self._closing.wait(_GATEWAY_POLL_SECONDS):
            with socket.socket() as probe:
                if probe.connect_ex((address.hostname, address.port)) == 0:
                    return

    def _in_background(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, name="endpoint").start()
