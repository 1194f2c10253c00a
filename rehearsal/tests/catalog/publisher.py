"""The function that publishes versions, run here against the local AWS, where it may die."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import urllib3

from invocation.toolbox import Toolbox
from product_versions.handler import handle_request
from rehearsal.tests.catalog.shop import TEMPLATE, Shop, open_shop
from rehearsal.tests.emulator.local_aws import LocalAws, wait_for
from tests.unit.functions.invocation_fakes import (
    RESPONSE_URL,
    FakeContext,
    custom_resource_event,
)

ANSWER = "Answer"
_numbers = itertools.count(1)


class Died(BaseException):
    """The process is gone; nothing of ours can catch it."""


@dataclass(frozen=True)
class Death:
    """When the function dies: before it asks for an operation, or before it hears the answer."""

    operation: str
    before: bool
    nth: int = 1


def template(number: int) -> dict[str, Any]:
    """A template that differs from those of other numbers."""
    return {**TEMPLATE, "Description": f"Template {number}"}


@dataclass
class Publisher:
    """One product of its own, offered to the user of a shop."""

    aws: LocalAws
    shop: Shop
    name: str
    asked: list[str] = field(default_factory=list)
    _death: Death | None = None
    _answers: list[dict[str, Any]] = field(default_factory=list)
    _counts: dict[Death, int] = field(default_factory=dict)
    _offered: bool = False

    @property
    def version_bucket(self) -> str:
        """Where versions' files are kept."""
        return f"{self.name}-versions"

    @cached_property
    def catalog(self) -> Any:
        """Service Catalog as the administrator sees it."""
        return self.aws.client("servicecatalog")

    @cached_property
    def s3(self) -> Any:
        """S3 as the administrator sees it."""
        return self.aws.client("s3")

    @cached_property
    def _users_catalog(self) -> Any:
        return self.shop.catalog()

    def properties(self, number: int, release: str = "1.0", seed: str = "seed") -> dict[str, Any]:
        """The properties of a registration, whose files are uploaded."""
        text = json.dumps(template(number))
        key = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
        bundle = f"{hashlib.sha256(seed.encode()).hexdigest()}.zip"
        self.upload(key, text)
        self.upload(bundle, seed)
        return {
            "Distributor": f"{self.name}/Thing",
            "Name": f"Thing of {self.name}",
            "Owner": "us",
            "Description": "A thing",
            "Tags": {"sagemaker:studio-visibility": "true"},
            "Release": release,
            "TemplateUrl": f"https://s3.eu-west-1.amazonaws.com/{self.shop.bucket}/{key}",
            "Files": [{"Bucket": self.shop.bucket, "Key": bundle}],
            "Bucket": self.version_bucket,
        }

    def upload(self, key: str, text: str) -> None:
        """Put a file where a registration uploads."""
        self.s3.put_object(Bucket=self.shop.bucket, Key=key, Body=text.encode())

    def register(
        self, properties: dict[str, Any], kind: str = "Update", death: Death | None = None
    ) -> dict[str, Any]:
        """Send one request, a second time if the function dies; what CloudFormation hears."""
        event = custom_resource_event(
            kind, "Custom::CatalogProduct", properties, RequestId=f"request-{next(_numbers)}"
        )
        self._death = death
        self._counts.clear()
        try:
            handle_request(event, FakeContext(), self._tools)
        except Died:
            self._death = None
            handle_request(event, FakeContext(), self._tools)
        return self._answers[-1]

    def publish(self, number: int, **more: Any) -> str:
        """Register with success, and let the user launch it; the id of the version."""
        death = more.pop("death", None)
        answer = self.register(self.properties(number, **more), death=death)
        assert answer["Status"] == "SUCCESS", answer["Reason"]
        if not self._offered:
            self._offer(answer["Data"]["ProductId"])
        return str(answer["Data"]["VersionId"])

    def remove(self, death: Death | None = None) -> dict[str, Any]:
        """Remove the registration, portfolio first, as a stack does."""
        if self._offered:
            self.aws.delete_stack(self.name)
            self._offered = False
        return self.register(self.properties(1), "Delete", death)

    def versions(self) -> dict[str, tuple[bool, str]]:
        """Whether each version is active, and its guidance, by id; the oldest first."""
        found = self.catalog.list_provisioning_artifacts(ProductId=self.product_id)
        return {
            str(one["Id"]): (one["Active"], one["Guidance"])
            for one in found["ProvisioningArtifactDetails"]
        }

    @property
    def product_id(self) -> str:
        """The only product of this publisher."""
        (product_id,) = self.products()
        return product_id

    def products(self) -> list[str]:
        """Ids of the publisher's products."""
        views = self.catalog.search_products_as_admin()["ProductViewDetails"]
        return [
            str(view["ProductViewSummary"]["ProductId"])
            for view in views
            if view["ProductViewSummary"].get("Distributor") == f"{self.name}/Thing"
        ]

    def launch(self, version_id: str, name: str = "") -> str:
        """Launch a version; the name of the launched product, which is the account's only one."""
        name = name or f"{self.name}-{next(_numbers)}"
        self._end(
            lambda catalog: catalog.provision_product(
                ProductId=self.product_id,
                ProvisioningArtifactId=version_id,
                ProvisionedProductName=name,
                ProvisionToken=name,
                ProvisioningParameters=[{"Key": "Owner", "Value": "ann"}],
            )
        )
        return name

    def update(self, name: str, version_id: str, **parameters: str) -> str:
        """Update what was launched; how that ended."""
        return self._end(
            lambda catalog: catalog.update_provisioned_product(
                ProvisionedProductName=name,
                ProvisioningArtifactId=version_id,
                UpdateToken=f"update-{next(_numbers)}",
                ProvisioningParameters=[{"Key": k, "Value": v} for k, v in parameters.items()],
            )
        )

    def terminate(self, name: str) -> None:
        """Remove what was launched, as its owner."""
        self._end(
            lambda catalog: catalog.terminate_provisioned_product(
                ProvisionedProductName=name, TerminateToken=name
            )
        )

    def buckets(self) -> list[str]:
        """Names of the account's buckets."""
        return [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]

    def _end(self, act: Callable[[Any], Any]) -> str:
        record = act(self._users_catalog)["RecordDetail"]
        return str(self.shop.ended(record)["RecordDetail"]["Status"])

    def _offer(self, product_id: str) -> None:
        resources = self.shop.resources()
        del resources["Product"]
        for resource in resources.values():
            if "ProductId" in resource["Properties"]:
                resource["Properties"]["ProductId"] = product_id
        stack = self.aws.stack(self.name, resources)
        assert stack["StackStatus"] == "CREATE_COMPLETE", self.aws.failures(self.name)
        self._offered = True

    @cached_property
    def _tools(self) -> Toolbox:
        clients = {service: self.aws.client(service) for service in ("s3", "servicecatalog")}
        for client in clients.values():
            for when in ("before", "after"):
                client.meta.events.register(
                    f"{when}-call",
                    lambda model, _before=when == "before", **_: self._pass(model.name, _before),
                )
        return Toolbox(
            environment={},
            http=self,
            aws=clients.__getitem__,
            clock=time.time,
            sleep=time.sleep,
            random=lambda: 0.5,
        )

    def request(self, _method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Hear an answer where CloudFormation would."""
        assert url == RESPONSE_URL
        self._pass(ANSWER, before=True)
        self._answers.append(json.loads(options["body"]))
        self._pass(ANSWER, before=False)
        return urllib3.HTTPResponse(status=200)

    def _pass(self, operation: str, before: bool) -> None:
        """Come by a point at which the function may die."""
        if before:
            self.asked.append(operation)
        point = Death(operation, before)
        self._counts[point] = self._counts.get(point, 0) + 1
        if self._death == replace(point, nth=self._counts[point]):
            raise Died


def open_publisher(aws: LocalAws, shop: Shop | None = None) -> Publisher:
    """A publisher with names of its own, for the user of a shop."""
    return Publisher(aws, shop or open_shop(aws), f"publisher{next(_numbers)}")


def gone(publisher: Publisher) -> None:
    """Wait until nothing is launched any more from the publisher's product."""
    scan = publisher.catalog.scan_provisioned_products
    wait_for(
        lambda: (
            not [
                one
                for one in scan(AccessLevelFilter={"Key": "Account", "Value": "self"})[
                    "ProvisionedProducts"
                ]
                if one["Name"].startswith(publisher.name)
            ]
        ),
        what="the end of what was launched",
    )
