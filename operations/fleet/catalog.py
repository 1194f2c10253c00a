"""The projects as Service Catalog has them: what was launched, with which version, and its state.

Source: Service Catalog API reference, SearchProvisionedProducts, ListProvisioningArtifacts.
SageMaker names the provisioned product of a project after the project's name and id.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_EVERYBODYS = {"Key": "Account", "Value": "self"}
_PAGE = 100
_PROJECT = re.compile(r"(?P<name>.+)-(?P<id>p-[a-z0-9]{12})")
BUSY = ("UNDER_CHANGE", "PLAN_IN_PROGRESS")
# A first launch that failed left nothing that could be updated.
FAILED = "ERROR"
TAINTED = "TAINTED"


@dataclass(frozen=True)
class Version:
    """A version of a product.

    Args:
        active: whether projects may be launched with it and updated to it.
    """

    id: str
    name: str
    created: datetime
    active: bool


@dataclass(frozen=True)
class Launched:
    """A project that was launched from a product.

    Args:
        name: of the project.
        id: of the project, `p-` and 12 characters.
        product_id: of Service Catalog.
        provisioned_id: of Service Catalog.
        version_id: that its stack has; after a failed update, the one before.
        status: of the provisioned product, such as AVAILABLE.
        message: why the last operation failed; empty if it did not.
        record_id: of the last operation.
        stack: ARN of its stack; empty if there is none.
    """

    name: str
    id: str
    product_id: str
    provisioned_id: str
    version_id: str
    status: str
    message: str
    record_id: str
    stack: str

    @property
    def group(self) -> str:
        """Name of its pipeline and of its model package group."""
        return f"{self.name}-{self.id}"

    def is_at(self, version: Version) -> bool:
        """Whether it has that version, and nothing failed or is under way."""
        return self.version_id == version.id and self.status not in (*BUSY, TAINTED)

    @property
    def trouble(self) -> str:
        """What of the launch or of the last update needs somebody; empty if nothing."""
        said = {FAILED: "its launch failed", TAINTED: "its last update failed"}.get(self.status)
        return f"{said}: {self.message or 'no reason is told'}" if said else ""


@dataclass(frozen=True)
class Catalog:
    """The products of the template, their versions and their projects.

    Args:
        client: boto3 client of Service Catalog.
        product_ids: as the registration has them.
    """

    client: Any
    product_ids: Sequence[str]

    def versions(self, product_id: str) -> list[Version]:
        """The versions of a product, oldest first."""
        told = self.client.list_provisioning_artifacts(ProductId=product_id)
        found = [
            Version(one["Id"], one["Name"], one["CreatedTime"], bool(one.get("Active", True)))
            for one in told["ProvisioningArtifactDetails"]
        ]
        return sorted(found, key=lambda version: version.created)

    def projects(self) -> list[Launched]:
        """Every project of the account and region, by name."""
        found = (self._launched(one) for one in self._provisioned())
        return sorted(filter(None, found), key=lambda project: (project.name, project.id))

    def look_again(self, project: Launched) -> Launched | None:
        """A project as it is by now; None if it is gone."""
        query = {"SearchQuery": [f"id:{project.provisioned_id}"]}
        found = (self._launched(one) for one in self._provisioned(Filters=query))
        return next(filter(None, found), None)

    def _provisioned(self, **more: Any) -> Iterator[Mapping[str, Any]]:
        while True:
            page = self.client.search_provisioned_products(
                AccessLevelFilter=_EVERYBODYS, PageSize=_PAGE, **more
            )
            yield from page["ProvisionedProducts"]
            if not page.get("NextPageToken"):
                return
            more["PageToken"] = page["NextPageToken"]

    def _launched(self, told: Mapping[str, Any]) -> Launched | None:
        named = _PROJECT.fullmatch(told["Name"])
        if named is None or told.get("ProductId") not in self.product_ids:
            return None
        return Launched(
            name=named["name"],
            id=named["id"],
            product_id=told["ProductId"],
            provisioned_id=told["Id"],
            version_id=self._version_of(told),
            status=told["Status"],
            message=told.get("StatusMessage") or "",
            record_id=told.get("LastRecordId") or "",
            stack=told.get("PhysicalId") or "",
        )

    def _version_of(self, told: Mapping[str, Any]) -> str:
        """The version of its stack: an update that failed left that at the one before."""
        succeeded = told.get("LastSuccessfulProvisioningRecordId")
        if told["Status"] in BUSY or succeeded in (None, told.get("LastProvisioningRecordId")):
            return str(told["ProvisioningArtifactId"])
        record = self.client.describe_record(Id=succeeded)["RecordDetail"]
        return str(record["ProvisioningArtifactId"])
