"""Publishes a version beside those that projects use, and removes what no project needs.

Each step looks before it acts, so that a run that died anywhere is finished by the next one.
1. Template and files are copied, so that nothing that is cleared up elsewhere is missed.
2. The version is made if there is none of its name; the product too, the first time.
3. The version is opened to everybody; older ones are deprecated, or closed if nobody uses them.
"""

from dataclasses import dataclass
from typing import Any

from invocation.aws_errors import AWS_ERRORS, error_code
from invocation.deadline import Deadline
from product_versions.catalog_product import (
    DEFAULT,
    DEPRECATED,
    CatalogProduct,
    Description,
    Version,
    find_products,
)
from product_versions.errors import RefusedError, TemplateRefusedError, VersionsInUseError
from product_versions.request import ProductRequest
from product_versions.version_files import VersionFiles

_LOOK_AGAIN_SECONDS = 2
_FULL = "LimitExceededException"


@dataclass(frozen=True)
class Published:
    """Where users find it."""

    product_id: str
    version_id: str
    version: str


def publish(
    catalog: Any, files: VersionFiles, request: ProductRequest, token: str, deadline: Deadline
) -> Published:
    """Publish what is requested.

    Args:
        catalog: client of Service Catalog.
        files: what versions name.
        request: what to publish.
        token: the same for each try of one request.
        deadline: ends the wait for Service Catalog's look at the template.

    Raises:
        ProductError: it could not be published; users find the versions as they were.
    """
    files.keep(request.template, *request.files)
    try:
        product, version_id = _be_there(catalog, request, token)
        while (status := product.status(version_id)) == "CREATING" and deadline.allows(
            _LOOK_AGAIN_SECONDS
        ):
            deadline.sleep(_LOOK_AGAIN_SECONDS)
        if status != "AVAILABLE":
            raise TemplateRefusedError(request.version)
        _open_one(product, version_id)
    except AWS_ERRORS as error:
        raise RefusedError(f"publish version {request.version}", error) from None
    return Published(product.id, version_id, request.version)


def withdraw(
    catalog: Any, files: VersionFiles, distributor: str, deadline: Deadline
) -> tuple[str, ...]:
    """Remove a product with its files, but for what projects use.

    Returns:
        Names of the launched products for which it stays; with the versions of those.

    Raises:
        RefusedError: AWS refuses a step.
    """
    used_by: set[str] = set()
    try:
        for product_id in find_products(catalog, distributor):
            product = CatalogProduct(catalog, product_id)
            users = product.users()
            if not users:
                product.delete()
                continue
            used_by.update(name for names in users.values() for name in names)
            for version in product.versions():
                if version.id not in users:
                    product.delete_version(version.id)
        if not find_products(catalog, distributor.partition("/")[0]):
            files.remove(deadline)
    except AWS_ERRORS as error:
        raise RefusedError(f"remove the product of {distributor}", error) from None
    return tuple(sorted(used_by))


def _be_there(catalog: Any, request: ProductRequest, token: str) -> tuple[CatalogProduct, str]:
    """Return the product and the id of the version, which are made if they are not there."""
    description = Description(
        request.name, request.owner, request.description, request.distributor, request.tags
    )
    present = find_products(catalog, request.distributor)
    if present:
        product = CatalogProduct(catalog, present[0])
        product.describe(description)
    else:
        product = CatalogProduct.create(
            catalog, description, request.version, request.template_url, token
        )
    for version in product.versions():
        # One whose template was refused is no version; it is closed like any that nobody uses.
        if version.name == request.version and product.status(version.id) != "FAILED":
            return product, version.id
    return product, _add(product, request, token)


def _add(product: CatalogProduct, request: ProductRequest, token: str) -> str:
    """Make the version; a product that is full loses its oldest version that nobody uses."""
    try:
        return product.add_version(request.version, request.template_url, f"{token}-1")
    except AWS_ERRORS as error:
        if error_code(error) != _FULL:
            raise
    versions, users = product.versions(), product.users()
    unused = [version for version in versions if version.id not in users]
    if not unused:
        raise VersionsInUseError(product.id, len(versions))
    product.delete_version(unused[0].id)
    return product.add_version(request.version, request.template_url, f"{token}-2")


def _open_one(product: CatalogProduct, version_id: str) -> None:
    """Open a version to everybody, and the others to nobody but who uses them."""
    users = product.users()
    for version in product.versions():
        active, guidance = _place_of(version, version_id, users)
        product.offer(version, active=active, guidance=guidance)


def _place_of(version: Version, current_id: str, users: dict[str, list[str]]) -> tuple[bool, str]:
    if version.id == current_id:
        return True, DEFAULT
    return version.id in users, DEPRECATED
