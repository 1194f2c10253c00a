"""Endpoints: created, updated blue/green, restored after a restart, and deleted."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.sagemaker.context import RequestContext, World
from rehearsal.sagemaker.endpoints.configs import EndpointConfigOperations
from rehearsal.sagemaker.endpoints.deployment import Deployment, VariantPlan, deploy
from rehearsal.sagemaker.endpoints.model_server import ServerStartError
from rehearsal.sagemaker.endpoints.models import ModelOperations
from rehearsal.sagemaker.endpoints.state_event import publish_state
from rehearsal.sagemaker.errors import RequestRefusedError
from rehearsal.sagemaker.paging import Listing
from rehearsal.sagemaker.resources import Record
from rehearsal.sagemaker.tags import set_tags

_LISTING = Listing(name="EndpointName", status="EndpointStatus")
_SETTLED = ("InService", "Failed", "OutOfService")
_GATEWAY_SECONDS = 60.0
_GATEWAY_POLL_SECONDS = 0.05


class EndpointOperations:
    """The endpoints and the deployments behind them."""

    def __init__(
        self, world: World, configs: EndpointConfigOperations, models: ModelOperations
    ) -> None:
        self._world = world
        self._store = world.store
        self._configs = configs
        self._models = models
        self._closing = threading.Event()
        self._deployments: dict[str, Deployment] = {}
        self._changed = threading.Condition()

    def create_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """Begin to create; DescribeEndpoint tells when it is in service."""
        name = request["EndpointName"]
        arn = self._world.settings.arn("endpoint", name)
        config = self._configs.config(request["EndpointConfigName"])
        plans, now = self._plans(config), self._world.clock()
        with self._store.lock:
            if name in self._store.endpoints:
                raise RequestRefusedError(f'Cannot create already existing endpoint "{arn}".')
            set_tags(self._store, arn, request.get("Tags"))
            record = self._store.endpoints[name] = {
                "EndpointName": name,
                "EndpointArn": arn,
                "EndpointConfigName": config["EndpointConfigName"],
                "EndpointStatus": "Creating",
                "LastDeploymentConfig": request.get("DeploymentConfig"),
                "CreationTime": now,
                "LastModifiedTime": now,
                "_generation": 1,
                "_plans": [plan.to_record() for plan in plans],
            }
        self._in_background(self._create, record, config, plans)
        return {"EndpointArn": arn}

    def describe_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """One endpoint."""
        return self.endpoint(request["EndpointName"])

    def list_endpoints(self, request: Record, _caller: RequestContext) -> Record:
        """Endpoints, newest first unless the request says otherwise."""
        page, more = _LISTING.page(self._store.all(self._store.endpoints), request)
        return {"Endpoints": page, **more}

    def update_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """Begin a blue/green change to another configuration."""
        record = self.endpoint(request["EndpointName"])
        config = self._configs.config(request["EndpointConfigName"])
        plans = self._plans(config)
        with self._store.lock:
            if record["EndpointStatus"] != "InService":
                raise RequestRefusedError(
                    f'Cannot update endpoint "{record["EndpointArn"]}" in status '
                    f"{record['EndpointStatus']}; wait until it is InService."
                )
            record.update(EndpointStatus="Updating", FailureReason=None)
        self._in_background(self._replace, record, config, plans, request.get("DeploymentConfig"))
        return {"EndpointArn": record["EndpointArn"]}

    def update_endpoint_weights_and_capacities(
        self, request: Record, _caller: RequestContext
    ) -> Record:
        """Shift traffic between the variants of an endpoint."""
        record = self.endpoint(request["EndpointName"])
        deployment = self._deployments.get(record["EndpointName"])
        desired = {item["VariantName"]: item for item in request["DesiredWeightsAndCapacities"]}
        unknown = [name for name in desired if not deployment or not deployment.has(name)]
        if unknown or deployment is None:
            raise RequestRefusedError(f"The endpoint has no variant {', '.join(unknown)}.")
        with self._store.lock:
            for shown in record["ProductionVariants"]:
                change = desired.get(shown["VariantName"], {})
                weight = change.get("DesiredWeight", shown["CurrentWeight"])
                shown.update(CurrentWeight=weight, DesiredWeight=weight)
                if "DesiredInstanceCount" in change:
                    count = change["DesiredInstanceCount"]
                    shown.update(CurrentInstanceCount=count, DesiredInstanceCount=count)
                deployment.weights[shown["VariantName"]] = weight
            for plan in record["_plans"]:
                plan["weight"] = deployment.weights[plan["name"]]
        return {"EndpointArn": record["EndpointArn"]}

    def delete_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """Begin to delete; the servers end when the requests in flight are answered."""
        record = self.endpoint(request["EndpointName"])
        with self._store.lock:
            if record["EndpointStatus"] not in _SETTLED:
                raise RequestRefusedError(
                    f'Cannot delete endpoint "{record["EndpointArn"]}" in status '
                    f"{record['EndpointStatus']}; wait until the change has ended."
                )
            record["EndpointStatus"] = "Deleting"
        self._in_background(self._delete, record)
        return {}

    def endpoint(self, name: str) -> Record:
        """An endpoint by name."""
        record = self._store.endpoints.get(name)
        if record is None:
            arn = self._world.settings.arn("endpoint", name)
            raise RequestRefusedError(f'Could not find endpoint "{arn}".')
        return record

    def deployment(self, name: str, wait_seconds: float) -> Deployment | None:
        """What serves an endpoint now; waits while a restart restores it."""
        with self._changed:
            self._changed.wait_for(lambda: name in self._deployments, wait_seconds)
            return self._deployments.get(name)

    def wait_until_settled(self, name: str) -> Record | None:
        """The endpoint once it is neither being created, changed nor deleted; None when gone."""
        with self._changed:
            while True:
                record = self._store.endpoints.get(name)
                if record is None or record["EndpointStatus"] in _SETTLED:
                    return record
                self._changed.wait(1.0)

    def restore(self) -> None:
        """Start the servers of the endpoints that the last server left behind."""
        for record in self._store.all(self._store.endpoints):
            if record["EndpointStatus"] == "Deleting":
                self._in_background(self._delete, record)
            elif record["EndpointStatus"] != "Failed":
                self._store.change(record, EndpointStatus="SystemUpdating")
                self._in_background(self._restore, record)

    def end_all(self) -> None:
        """End every server process, because the rehearsal ends."""
        self._closing.set()
        with self._changed:
            deployments, self._deployments = self._deployments, {}
        for deployment in deployments.values():
            deployment.end(drain_seconds=0)

    def reopen(self) -> None:
        """Take endpoints again after `end_all`."""
        self._closing.clear()

    def _create(self, record: Record, config: Record, plans: list[VariantPlan]) -> None:
        publish_state(self._world, record)
        try:
            deployment = self._deploy(record, plans)
        except ServerStartError as error:
            self._settle(record, "Failed", FailureReason=str(error))
            return
        self._switch(record, deployment)
        self._settle(record, "InService", ProductionVariants=self._shown(config, plans))

    def _replace(
        self, record: Record, config: Record, plans: list[VariantPlan], strategy: Record | None
    ) -> None:
        publish_state(self._world, record)
        before = record["_generation"]
        self._store.change(record, _generation=before + 1)
        try:
            deployment = self._deploy(record, plans)
        except ServerStartError as error:
            shutil.rmtree(self._folder(record), ignore_errors=True)
            self._store.change(record, _generation=before)
            self._settle(record, "InService", FailureReason=str(error))
            return
        old = self._switch(record, deployment)
        if old:
            old.end()
        shutil.rmtree(self._folder(record).with_name(str(before)), ignore_errors=True)
        self._settle(
            record,
            "InService",
            EndpointConfigName=config["EndpointConfigName"],
            ProductionVariants=self._shown(config, plans),
            LastDeploymentConfig=strategy,
            _plans=[plan.to_record() for plan in plans],
        )

    def _restore(self, record: Record) -> None:
        self._wait_for_gateway()
        plans = [VariantPlan.from_record(plan) for plan in record["_plans"]]
        try:
            self._switch(record, self._deploy(record, plans))
        except ServerStartError as error:
            self._settle(record, "Failed", FailureReason=str(error))
            return
        self._settle(record, "InService")

    def _delete(self, record: Record) -> None:
        publish_state(self._world, record)
        with self._changed:
            deployment = self._deployments.pop(record["EndpointName"], None)
        if deployment:
            deployment.end()
        shutil.rmtree(self._folder(record).parent, ignore_errors=True)
        with self._store.lock:
            del self._store.endpoints[record["EndpointName"]]
            self._store.forget_tags([record["EndpointArn"]])
        with self._changed:
            self._changed.notify_all()

    def _deploy(self, record: Record, plans: list[VariantPlan]) -> Deployment:
        name, folder = record["EndpointName"], self._folder(record)
        return deploy(self._world, name, plans, folder, self._closing)

    def _switch(self, record: Record, deployment: Deployment) -> Deployment | None:
        """Route requests to a deployment; answers the one that had them."""
        with self._changed:
            if self._closing.is_set():
                deployment.end(drain_seconds=0)
                return None
            old = self._deployments.get(record["EndpointName"])
            self._deployments[record["EndpointName"]] = deployment
        return old

    def _settle(self, record: Record, status: str, **members: object) -> None:
        if self._closing.is_set():
            return
        now = self._world.clock()
        self._store.change(record, **members, LastModifiedTime=now, EndpointStatus=status)
        publish_state(self._world, record)
        with self._changed:
            self._changed.notify_all()

    def _plans(self, config: Record) -> list[VariantPlan]:
        return [
            VariantPlan(
                name=variant["VariantName"],
                weight=variant["InitialVariantWeight"],
                container=self._models.container(self._models.model(variant["ModelName"])),
            )
            for variant in config["ProductionVariants"]
        ]

    def _shown(self, config: Record, plans: list[VariantPlan]) -> list[Record]:
        now = self._world.clock()
        images = {plan.name: plan.container.image for plan in plans}
        shown = []
        for variant in config["ProductionVariants"]:
            image = images[variant["VariantName"]]
            deployed = {"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": now}
            shown.append(
                {
                    "VariantName": variant["VariantName"],
                    "DeployedImages": [deployed],
                    "CurrentWeight": variant["InitialVariantWeight"],
                    "DesiredWeight": variant["InitialVariantWeight"],
                    "CurrentInstanceCount": variant.get("InitialInstanceCount"),
                    "DesiredInstanceCount": variant.get("InitialInstanceCount"),
                    "CurrentServerlessConfig": variant.get("ServerlessConfig"),
                }
            )
        return shown

    def _folder(self, record: Record) -> Path:
        name, generation = str(record["EndpointName"]), str(record["_generation"])
        return self._world.settings.root / "endpoint" / name / generation

    def _wait_for_gateway(self) -> None:
        """Model artifacts come over HTTP, and the server restores before it listens."""
        address = urlsplit(self._world.settings.endpoint_url)
        deadline = time.monotonic() + _GATEWAY_SECONDS
        while time.monotonic() < deadline and not self._closing.wait(_GATEWAY_POLL_SECONDS):
            with socket.socket() as probe:
                if probe.connect_ex((address.hostname, address.port)) == 0:
                    return

    def _in_background(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, name="endpoint").start()
