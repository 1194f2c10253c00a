"""Which product, version, way and role a launch uses."""

from __future__ import annotations

from rehearsal.aws.catalog.callers import Caller, is_principal
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.resources import CatalogStore, of_pair
from rehearsal.aws.service_kit.operations import Record

_DEPRECATED = "DEPRECATED"


class Selection:
    """Looks things up in the store for a caller."""

    def __init__(self, store: CatalogStore) -> None:
        self._store = store

    def paths(self, caller: Caller, product_id: str) -> list[Record]:
        """The ways by which a caller may launch a product: portfolios that hold both."""
        mine = {
            principal["PortfolioId"]
            for principal in self._store.principals.values()
            if is_principal(caller, principal["PrincipalARN"], principal["PrincipalType"])
        }
        associations = self._store.associations.values()
        return [
            a for a in associations if a["ProductId"] == product_id and a["PortfolioId"] in mine
        ]

    def path(self, caller: Caller, product_id: str, path_id: str | None) -> Record:
        """The way to launch a product that a caller chose or that is the only one.

        Raises:
            ResourceNotFoundError: the caller is in no portfolio with the product.
            InvalidParametersError: there are several ways; name one.
        """
        paths = self.paths(caller, product_id)
        if path_id:
            paths = [path for path in paths if path["Id"] == path_id]
        if not paths:
            raise ResourceNotFoundError(f"No launch paths found for resource: {product_id}")
        if len(paths) > 1:
            raise InvalidParametersError(
                f"Product {product_id} has {len(paths)} launch paths; name one with PathId."
            )
        return paths[0]

    def product(self, product_id: str | None, name: str | None) -> Record:
        """A product by id or by name, whoever asks.

        Raises:
            InvalidParametersError: neither or both are given.
            ResourceNotFoundError: no such product.
        """
        if bool(product_id) == bool(name):
            raise InvalidParametersError("Name the product by its id or by its name, not by both.")
        for product in self._store.products.values():
            if product_id == product["ProductId"] or name == product["Name"]:
                return product
        raise ResourceNotFoundError(f"Product {product_id or name} not found.")

    def version(self, product: Record, request: Record) -> Record:
        """The version that a request names by id or by name, as users see it; else the latest.

        Raises:
            ResourceNotFoundError: no such version, or one that is not active.
        """
        name, wanted = (
            request.get("ProvisioningArtifactName"),
            request.get("ProvisioningArtifactId"),
        )
        versions: list[Record] = product["_versions"]
        if name or wanted:
            member, wanted = ("Name", name) if name else ("Id", wanted)
            chosen = [v for v in versions if v[member] == wanted][:1]
        else:
            offered = [v for v in versions if v["Active"] and v["Guidance"] != _DEPRECATED]
            chosen = sorted(offered, key=lambda version: version["CreatedTime"])[-1:]
        if not chosen or not chosen[0]["Active"]:
            raise ResourceNotFoundError(
                f"Provisioning artifact {wanted or ''} of product {product['ProductId']} not found."
            )
        return chosen[0]

    def version_to_launch(self, product: Record, request: Record, current_id: str = "") -> Record:
        """The version that something is launched with or updated to; the latest by default.

        Source: UpdateProvisioningArtifact (Guidance: a launch with a deprecated version is
        refused, an update of what has that version is not); UpdateProject (the default).

        Args:
            product: whose version it is.
            request: names the version, or none.
            current_id: the version of what is updated.
        """
        version = self.version(product, request)
        if version["Guidance"] == _DEPRECATED and version["Id"] != current_id:
            raise InvalidParametersError(
                f"Provisioning artifact {version['Id']} of product {product['ProductId']} is "
                "deprecated."
            )
        return version

    def launch_role(self, path: Record) -> str | None:
        """ARN of the role of a launch; None when the caller's own permissions are used."""
        roles = [
            str(constraint["RoleArn"]) for constraint in of_pair(self._store.constraints, path)
        ]
        return roles[0] if roles else None

    def template_of(self, artifact_id: str) -> str:
        """The service's copy of a version's template."""
        for product in self._store.products.values():
            for version in product["_versions"]:
                if version["Id"] == artifact_id:
                    return str(version["_template"])
        raise ResourceNotFoundError(f"Provisioning artifact {artifact_id} not found.")
