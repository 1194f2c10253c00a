"""The API's operations on products and their versions: requests in, the API's shapes out."""

from __future__ import annotations

from rehearsal.aws.catalog.administration import Administration
from rehearsal.aws.catalog.browsing import artifact_detail, product_detail
from rehearsal.aws.catalog.callers import Caller
from rehearsal.aws.catalog.resources import Artifact, Product
from rehearsal.aws.catalog.versions import Versions, check_can_read
from rehearsal.aws.service_kit.operations import Record, answers
from rehearsal.aws.service_kit.permissions import denial

_CHANGEABLE = {
    "Name": "name",
    "Description": "description",
    "Active": "active",
    "Guidance": "guidance",
}


class Authoring:
    """Create, update and delete."""

    def __init__(self, administration: Administration, versions: Versions) -> None:
        self._administration = administration
        self._versions = versions

    @answers("CreateProduct")
    def create_product(self, request: Record, caller: Caller) -> Record:
        """CreateProduct; the same token again gives the same product."""
        version = request["ProvisioningArtifactParameters"]
        _check_template(version, caller)
        product = self._administration.create_product(
            {**request, "ProvisioningArtifactParameters": [version]}, request["IdempotencyToken"]
        )
        return {
            "ProductViewDetail": product_detail(product),
            "ProvisioningArtifactDetail": artifact_detail(product.artifacts[0]),
            "Tags": _tags(product),
        }

    @answers("UpdateProduct")
    def update_product(self, request: Record, _caller: Caller) -> Record:
        """UpdateProduct."""
        product = self._administration.describe_anew(request["Id"], request)
        return {"ProductViewDetail": product_detail(product), "Tags": _tags(product)}

    @answers("DeleteProduct")
    def delete_product(self, request: Record, _caller: Caller) -> Record:
        """DeleteProduct."""
        self._administration.product(request["Id"])
        self._administration.delete_product(request["Id"])
        return {}

    @answers("CreateProvisioningArtifact")
    def create_artifact(self, request: Record, caller: Caller) -> Record:
        """CreateProvisioningArtifact."""
        product = self._administration.product(request["ProductId"])
        _check_template(request["Parameters"], caller)
        return _available(
            self._versions.create(product, request["Parameters"], request["IdempotencyToken"])
        )

    @answers("DescribeProvisioningArtifact")
    def describe_artifact(self, request: Record, _caller: Caller) -> Record:
        """DescribeProvisioningArtifact, of a product and a version that are named by their ids."""
        product = self._administration.product(request.get("ProductId", ""))
        artifact_id = request.get("ProvisioningArtifactId", "")
        return _available(self._versions.find(product, artifact_id))

    @answers("UpdateProvisioningArtifact")
    def update_artifact(self, request: Record, _caller: Caller) -> Record:
        """UpdateProvisioningArtifact."""
        product = self._administration.product(request["ProductId"])
        changes = {field: request[name] for name, field in _CHANGEABLE.items() if name in request}
        return _available(
            self._versions.update(product, request["ProvisioningArtifactId"], changes)
        )

    @answers("DeleteProvisioningArtifact")
    def delete_artifact(self, request: Record, _caller: Caller) -> Record:
        """DeleteProvisioningArtifact."""
        product = self._administration.product(request["ProductId"])
        self._versions.delete(product, request["ProvisioningArtifactId"])
        return {}


def _check_template(version: Record, caller: Caller) -> None:
    check_can_read(lambda action, resource: denial(caller.access_key_id, action, resource), version)


def _available(artifact: Artifact) -> Record:
    return {
        "ProvisioningArtifactDetail": artifact_detail(artifact),
        "Info": {"TemplateUrl": artifact.template_url},
        "Status": "AVAILABLE",
    }


def _tags(product: Product) -> list[Record]:
    return [{"Key": key, "Value": value} for key, value in product.tags.items()]
