"""Service Catalog and S3, as far as the publication of versions asks for them."""

# ruff: noqa: N802, N803 - operations and their parameters are named by AWS
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.unit.functions.invocation_fakes import client_error

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class CatalogServices:
    """Products with their versions, who uses them, uploaded files and kept ones.

    `versions`: of each product, id -> (name, active, guidance). `used`: ids of versions.
    """

    uploads: dict[str, bytes]
    products: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, tuple[str, bool, str]]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    kept: dict[str, bytes] | None = None
    is_guarded: bool = False
    tokens: dict[str, Any] = field(default_factory=dict)

    def _CreateBucket(self, Bucket: str, **_: Any) -> Any:
        if self.kept is not None:
            raise client_error("CreateBucket", "BucketAlreadyOwnedByYou", status=409)
        self.kept = {}
        return {}

    def _PutPublicAccessBlock(self, **_: Any) -> Any:
        return {}

    def _PutBucketVersioning(self, **_: Any) -> Any:
        return {}

    def _PutBucketPolicy(self, **_: Any) -> Any:
        self.is_guarded = True
        return {}

    def _ListObjectsV2(self, Prefix: str, **_: Any) -> Any:
        return {"Contents": [{"Key": key} for key in self.kept or () if key.startswith(Prefix)]}

    def _GetObject(self, Bucket: str, Key: str) -> Any:
        return {"Body": io.BytesIO(self.uploads[Key])}

    def _PutObject(self, Key: str, Body: bytes, **_: Any) -> Any:
        assert self.kept is not None
        self.kept[Key] = Body
        return {}

    def _ListObjectVersions(self, Bucket: str) -> Any:
        self._bucket("ListObjectVersions")
        return {"Versions": [{"Key": key, "VersionId": "1"} for key in self.kept or ()]}

    def _DeleteObjects(self, Bucket: str, Delete: Any) -> Any:
        self._bucket("DeleteObjects")
        self.kept = {}
        return {}

    def _ListMultipartUploads(self, Bucket: str) -> Any:
        self._bucket("ListMultipartUploads")
        return {}

    def _DeleteBucket(self, Bucket: str) -> Any:
        self._bucket("DeleteBucket")
        self.kept = None
        return {}

    def _bucket(self, operation: str) -> None:
        if self.kept is None:
            raise client_error(operation, "NoSuchBucket", status=404)

    def _SearchProductsAsAdmin(self, ProductSource: str) -> Any:
        return {
            "ProductViewDetails": [
                {
                    "CreatedTime": _BEGAN,
                    "ProductViewSummary": {"ProductId": id_, "Distributor": distributor},
                }
                for id_, distributor in self.products.items()
            ]
        }

    def _CreateProduct(self, Distributor: str, IdempotencyToken: str, **more: Any) -> Any:
        if IdempotencyToken not in self.tokens:
            id_ = self.tokens[IdempotencyToken] = f"prod-{len(self.tokens)}"
            self.products[id_], self.versions[id_] = Distributor, {}
            self._add(id_, more["ProvisioningArtifactParameters"]["Name"])
        id_ = self.tokens[IdempotencyToken]
        return {"ProductViewDetail": {"ProductViewSummary": {"ProductId": id_}}}

    def _UpdateProduct(self, Id: str, **_: Any) -> Any:
        assert Id in self.products
        return {}

    def _DeleteProduct(self, Id: str) -> Any:
        if Id not in self.products:
            raise client_error("DeleteProduct", "ResourceNotFoundException", status=404)
        del self.products[Id], self.versions[Id]
        return {}

    def _ListProvisioningArtifacts(self, ProductId: str) -> Any:
        return {
            "ProvisioningArtifactDetails": [
                {
                    "Id": id_,
                    "Name": name,
                    "Active": active,
                    "Guidance": guidance,
                    "CreatedTime": _BEGAN + timedelta(seconds=at),
                }
                for at, (id_, (name, active, guidance)) in enumerate(
                    self.versions[ProductId].items()
                )
            ]
        }

    def _CreateProvisioningArtifact(
        self, ProductId: str, Parameters: Any, IdempotencyToken: str
    ) -> Any:
        if IdempotencyToken not in self.tokens:
            self.tokens[IdempotencyToken] = self._add(ProductId, Parameters["Name"])
        return {"ProvisioningArtifactDetail": {"Id": self.tokens[IdempotencyToken]}}

    def _add(self, product: str, name: str) -> str:
        id_ = f"pa-{sum(map(len, self.versions.values()))}"
        self.versions[product][id_] = (name, True, "DEFAULT")
        return id_

    def _DescribeProvisioningArtifact(self, **_: Any) -> Any:
        return {"Status": "AVAILABLE"}

    def _ScanProvisionedProducts(self, AccessLevelFilter: Any) -> Any:
        return {
            "ProvisionedProducts": [
                {
                    "Name": f"of {version}",
                    "ProductId": product,
                    "ProvisioningArtifactId": version,
                    "LastProvisioningRecordId": "rec-2",
                    "LastSuccessfulProvisioningRecordId": "rec-1",
                }
                for product, versions in self.versions.items()
                for version in versions
                if version in self.used
            ]
        }

    def _DescribeRecord(self, Id: str) -> Any:
        return {"RecordDetail": {"ProvisioningArtifactId": next(iter(self.used))}}

    def _UpdateProvisioningArtifact(
        self, ProductId: str, ProvisioningArtifactId: str, Active: bool, Guidance: str
    ) -> Any:
        name = self.versions[ProductId][ProvisioningArtifactId][0]
        self.versions[ProductId][ProvisioningArtifactId] = (name, Active, Guidance)
        return {}

    def _DeleteProvisioningArtifact(self, ProductId: str, ProvisioningArtifactId: str) -> Any:
        if ProvisioningArtifactId not in self.versions[ProductId]:
            operation = "DeleteProvisioningArtifact"
            raise client_error(operation, "ResourceNotFoundException", status=404)
        del self.versions[ProductId][ProvisioningArtifactId]
        return {}
