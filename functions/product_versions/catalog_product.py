"""A product of Service Catalog with its versions, and who uses them."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code

DEFAULT, DEPRECATED = "DEFAULT", "DEPRECATED"
_TEMPLATE = "CLOUD_FORMATION_TEMPLATE"
_EVERYBODYS = {"Key": "Account", "Value": "self"}


@dataclass(frozen=True)
class Version:
    """A version as the administrator sees it."""

    id: str
    name: str
    active: bool
    guidance: str


@dataclass(frozen=True)
class Description:
    """What a product says of itself."""

    name: str
    owner: str
    text: str
    distributor: str
    tags: Mapping[str, str]

    def members(self) -> dict[str, Any]:
        """Return it as the API's requests have it, without the tags."""
        return {
            "Name": self.name,
            "Owner": self.owner,
            "Description": self.text,
            "Distributor": self.distributor,
        }

    def tag_list(self) -> list[dict[str, str]]:
        """Return the tags as the API's requests have them."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


def find_products(catalog: Any, distributor: str) -> list[str]:
    """Return the ids of a distributor's products, and of those below it, oldest first."""
    found = [
        (view["CreatedTime"], str(view["ProductViewSummary"]["ProductId"]))
        for page in catalog.get_paginator("search_products_as_admin").paginate(
            ProductSource="ACCOUNT"
        )
        for view in page["ProductViewDetails"]
        if f"{view['ProductViewSummary'].get('Distributor')}/".startswith(f"{distributor}/")
    ]
    return [product_id for _, product_id in sorted(found)]


class CatalogProduct:
    """One product; its methods are calls of the API."""

    def __init__(self, catalog: Any, product_id: str) -> None:
        self._catalog = catalog
        self.id = product_id

    @classmethod
    def create(
        cls, catalog: Any, description: Description, version: str, template_url: str, token: str
    ) -> "CatalogProduct":
        """Make the product with its first version; the same token again makes no second one."""
        answer = catalog.create_product(
            **description.members(),
            Tags=description.tag_list(),
            ProductType=_TEMPLATE,
            ProvisioningArtifactParameters=_properties(version, template_url),
            IdempotencyToken=token,
        )
        return cls(catalog, str(answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"]))

    def describe(self, description: Description) -> None:
        """Let the product say this of itself."""
        self._catalog.update_product(
            Id=self.id, **description.members(), AddTags=description.tag_list()
        )

    def versions(self) -> list[Version]:
        """Return all versions, oldest first."""
        answer = self._catalog.list_provisioning_artifacts(ProductId=self.id)
        details = sorted(answer["ProvisioningArtifactDetails"], key=lambda one: one["CreatedTime"])
        return [
            Version(
                id=str(detail["Id"]),
                name=str(detail["Name"]),
                active=bool(detail.get("Active", True)),
                guidance=str(detail.get("Guidance", DEFAULT)),
            )
            for detail in details
        ]

    def users(self) -> dict[str, list[str]]:
        """Return the names of launched products by the id of their version.

        An update that failed left the stack at the version before, whatever version was asked for.
        """
        users: dict[str, list[str]] = {}
        pages = self._catalog.get_paginator("scan_provisioned_products")
        for page in pages.paginate(AccessLevelFilter=_EVERYBODYS):
            for launched in page["ProvisionedProducts"]:
                if launched.get("ProductId") == self.id:
                    for version_id in {
                        launched["ProvisioningArtifactId"],
                        *self._left_at(launched),
                    }:
                        users.setdefault(str(version_id), []).append(str(launched["Name"]))
        return users

    def _left_at(self, launched: Mapping[str, Any]) -> list[str]:
        succeeded = launched.get("LastSuccessfulProvisioningRecordId")
        if not succeeded or succeeded == launched.get("LastProvisioningRecordId"):
            return []
        record = self._catalog.describe_record(Id=succeeded)["RecordDetail"]
        return [str(record["ProvisioningArtifactId"])]

    def add_version(self, name: str, template_url: str, token: str) -> str:
        """Make a version, and return its id; the same token again makes no second one."""
        answer = self._catalog.create_provisioning_artifact(
            ProductId=self.id,
            Parameters=_properties(name, template_url),
            IdempotencyToken=token,
        )
        return str(answer["ProvisioningArtifactDetail"]["Id"])

    def status(self, version_id: str) -> str:
        """Return `AVAILABLE`, `CREATING` or `FAILED`."""
        answer = self._catalog.describe_provisioning_artifact(
            ProductId=self.id, ProvisioningArtifactId=version_id
        )
        return str(answer["Status"])

    def offer(self, version: Version, *, active: bool, guidance: str) -> None:
        """Open or close a version to users."""
        if (version.active, version.guidance) != (active, guidance):
            self._catalog.update_provisioning_artifact(
                ProductId=self.id,
                ProvisioningArtifactId=version.id,
                Active=active,
                Guidance=guidance,
            )

    def delete_version(self, version_id: str) -> None:
        """Delete a version; AWS does not ask whether somebody uses it."""
        with _passing_over_absent():
            self._catalog.delete_provisioning_artifact(
                ProductId=self.id, ProvisioningArtifactId=version_id
            )

    def delete(self) -> None:
        """Delete the product with all versions; AWS does not ask whether somebody uses it."""
        with _passing_over_absent():
            self._catalog.delete_product(Id=self.id)


@contextlib.contextmanager
def _passing_over_absent() -> Iterator[None]:
    """Take what is gone for deleted: an earlier attempt may have done it and lost its answer."""
    try:
        yield
    except AWS_ERRORS as error:
        if error_code(error) != "ResourceNotFoundException":
            raise


def _properties(version: str, template_url: str) -> dict[str, Any]:
    return {
        "Name": version,
        "Info": {"LoadTemplateFromURL": template_url},
        "Type": _TEMPLATE,
    }
