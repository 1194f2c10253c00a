"""Products and their versions: made of a template, changed, opened and closed to users, removed.

Source: Service Catalog API reference, CreateProduct … DeleteProvisioningArtifact; Service Catalog
endpoints and quotas ("Product versions per product").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.callers import Caller
from rehearsal.aws.catalog.errors import (
    InvalidParametersError,
    LimitExceededError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.resources import CLOUDFORMATION, CatalogStore, new_id, product_arn
from rehearsal.aws.service_kit.key_values import items_of, mapping_of
from rehearsal.aws.service_kit.model_validation import validate
from rehearsal.aws.service_kit.operations import Record, answers
from rehearsal.aws.service_kit.permissions import denial

QUOTA = 100
_VERSIONS = "ProvisioningArtifactParameters"
# Member of requests -> member of answers.
_DESCRIBED = {
    "Name": "Name",
    "Owner": "Owner",
    "Description": "ShortDescription",
    "Distributor": "Distributor",
    "SupportDescription": "SupportDescription",
    "SupportEmail": "SupportEmail",
    "SupportUrl": "SupportUrl",
}
_OF_VERSION = ("Name", "Description", "Active", "Guidance")


class Products:
    """Rules of products; the versions of each are listed in the order of their creation."""

    def __init__(self, store: CatalogStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    @answers("CreateProduct")
    def create_product(self, request: Record, caller: Caller) -> Record:
        """CreateProduct; the same token again gives the same product."""
        version, token = request[_VERSIONS], request["IdempotencyToken"]
        _check_can_read(version, caller)
        made = (p for p in self._store.products.values() if p["_token"] == token)
        product = next(made, None) or self.add({**request, _VERSIONS: [version]}, token)
        return {
            **administrators_view(product),
            "ProvisioningArtifactDetail": product["_versions"][0],
        }

    @answers("UpdateProduct")
    def update_product(self, request: Record, _caller: Caller) -> Record:
        """UpdateProduct: what a product says of itself, and its tags; its versions stay."""
        product = self._store.product(request["Id"])
        removed, added = request.get("RemoveTags", []), mapping_of(request.get("AddTags"))
        kept = {key: value for key, value in product["_tags"].items() if key not in removed}
        return administrators_view(self._put(product, **_described(request), _tags=kept | added))

    @answers("DeleteProduct")
    def delete_product(self, request: Record, _caller: Caller) -> Record:
        """DeleteProduct."""
        self.remove(self._store.product(request["Id"])["ProductId"])
        return {}

    @answers("CreateProvisioningArtifact")
    def create_artifact(self, request: Record, caller: Caller) -> Record:
        """CreateProvisioningArtifact; the same token again gives the same version."""
        product, token = self._store.product(request["ProductId"]), request["IdempotencyToken"]
        versions = product["_versions"]
        _check_can_read(request["Parameters"], caller)
        version = next((v for v in versions if v["_token"] == token), None)
        if version is None:
            if len(versions) >= QUOTA:
                raise LimitExceededError(
                    f"Product {product['ProductId']} has {QUOTA} provisioning artifacts, the most "
                    "it may have."
                )
            version = self._version(request["Parameters"], token)
            self._put(product, _versions=[*versions, version])
        return _available(version)

    @answers("DescribeProvisioningArtifact")
    def describe_artifact(self, request: Record, _caller: Caller) -> Record:
        """DescribeProvisioningArtifact, of a product and a version that are named by their ids."""
        version = self._of_request(request)[1]
        told = _available(version)
        if request.get("IncludeProvisioningArtifactParameters"):
            told[_VERSIONS] = templates.described(version["_template"])
        return told

    @answers("UpdateProvisioningArtifact")
    def update_artifact(self, request: Record, _caller: Caller) -> Record:
        """UpdateProvisioningArtifact."""
        product, version = self._of_request(request)
        changed = {**version, **{name: request[name] for name in _OF_VERSION if name in request}}
        versions = [changed if v is version else v for v in product["_versions"]]
        self._put(product, _versions=versions)
        return _available(changed)

    @answers("DeleteProvisioningArtifact")
    def delete_artifact(self, request: Record, _caller: Caller) -> Record:
        """DeleteProvisioningArtifact, whether or not something was launched with the version.

        Raises:
            ResourceInUseError: it is the product's last one. AWS documents the refusal, not its
                code.
        """
        product, version = self._of_request(request)
        left = [v for v in product["_versions"] if v is not version]
        if not left:
            raise ResourceInUseError(
                f"Provisioning artifact {version['Id']} is the last one of product "
                f"{product['ProductId']}."
            )
        self._put(product, _versions=left)
        return {}

    def add(self, request: Record, token: str = "") -> Record:
        """Make a product with a list of versions."""
        product_id = new_id("prod")
        product = {
            "Id": product_id.replace("prod", "prodview", 1),
            "ProductId": product_id,
            "ProductARN": product_arn(get_account_id(), get_region(), product_id),
            "Type": CLOUDFORMATION,
            "Status": "AVAILABLE",
            "HasDefaultPath": False,
            "CreatedTime": self._clock(),
            "_token": token,
        }
        return self._filled(product, request, [])

    def replace(self, product_id: str, request: Record) -> Record:
        """Change a product as CloudFormation does, to exactly the versions that are listed.

        A version with the same name and template keeps its id; one that is not listed is gone.
        """
        product = self._store.product(product_id)
        kept = [] if request.get("ReplaceProvisioningArtifacts") else product["_versions"]
        return self._filled(product, request, kept)

    def remove(self, product_id: str) -> None:
        """Remove a product that is in no portfolio; what was launched from it stays."""
        if any(a["ProductId"] == product_id for a in self._store.associations.values()):
            raise ResourceInUseError(
                f"Product {product_id} is still in a portfolio; take it out first."
            )
        self._store.products.pop(product_id, None)

    def _filled(self, product: Record, request: Record, kept: list[Record]) -> Record:
        given = {name: request[name] for name in _DESCRIBED if name in request}
        required = {"IdempotencyToken": "new", "ProductType": CLOUDFORMATION}
        for version in request[_VERSIONS]:
            checked = {"Type": CLOUDFORMATION, **version}
            checked.pop("DisableTemplateValidation", None)
            validate("servicecatalog", "CreateProduct", {**required, **given, _VERSIONS: checked})
        return self._put(
            product,
            **{**dict.fromkeys(_DESCRIBED.values(), ""), **_described(request)},
            _tags=mapping_of(request.get("Tags")),
            _versions=[self._kept_or_made(version, kept) for version in request[_VERSIONS]],
        )

    def _kept_or_made(self, wanted: Record, kept: list[Record]) -> Record:
        url, name = wanted["Info"]["LoadTemplateFromURL"], wanted.get("Name", "")
        for version in kept:
            if (version["_url"], version["Name"]) == (url, name):
                return {**version, "Description": wanted.get("Description", "")}
        return self._version(wanted)

    def _version(self, wanted: Record, token: str = "") -> Record:
        """A version that belongs to no product yet, with the service's own copy of its template.

        Raises:
            InvalidParametersError: there is no such template, or it is none.
        """
        url = wanted["Info"].get("LoadTemplateFromURL", "")
        text = templates.fetch(url)
        templates.parse(text)
        return {
            "Id": new_id("pa"),
            "Name": wanted.get("Name", ""),
            "Description": wanted.get("Description", ""),
            "Type": CLOUDFORMATION,
            "CreatedTime": self._clock(),
            "Active": True,
            "Guidance": "DEFAULT",
            "_url": url,
            "_template": text,
            "_token": token,
        }

    def _of_request(self, request: Record) -> tuple[Record, Record]:
        """The product and the version that a request names by their ids."""
        product = self._store.product(request.get("ProductId", ""))
        version_id = request.get("ProvisioningArtifactId", "")
        for version in product["_versions"]:
            if version["Id"] == version_id:
                return product, version
        raise ResourceNotFoundError(
            f"Provisioning artifact {version_id} of product {product['ProductId']} not found."
        )

    def _put(self, product: Record, **members: Any) -> Record:
        changed = self._store.products[product["ProductId"]] = {**product, **members}
        return changed


def administrators_view(product: Record) -> Record:
    """A product with its tags, as who administers it is told of it."""
    return {"ProductViewDetail": product_detail(product), "Tags": items_of(product["_tags"])}


def product_detail(product: Record) -> Record:
    """A product in lists for administrators."""
    return {**product, "ProductViewSummary": product}


def _described(request: Record) -> Record:
    return {member: request[name] for name, member in _DESCRIBED.items() if name in request}


def _available(version: Record) -> Record:
    return {
        "ProvisioningArtifactDetail": version,
        "Info": {"TemplateUrl": version["_url"]},
        "Status": "AVAILABLE",
    }


def _check_can_read(version: Mapping[str, Any], caller: Caller) -> None:
    """Refuse a template that the caller could not read and validate, in whose name it is done.

    AWS does not document this; its managed policy for administrators of the catalog grants both.
    """
    bucket, key = templates.location(version["Info"].get("LoadTemplateFromURL", ""))
    questions = [("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")]
    if not version.get("DisableTemplateValidation"):
        questions.append(("cloudformation:ValidateTemplate", "*"))
    for action, resource in questions:
        problem = denial(caller.access_key_id, action, resource)
        if problem:
            raise InvalidParametersError(problem)
