"""Which product, version, way and role a launch uses."""

from __future__ import annotations

from rehearsal.aws.catalog.callers import Caller, is_principal
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.resources import DEPRECATED, Artifact, Association, CatalogStore, Product


class Selection:
    """Looks things up in the store for a caller."""

    def __init__(self, store: CatalogStore) -> None:
        self._store = store

    def paths(self, caller: Caller, product_id: str) -> list[Association]:
        """The ways by which a caller may launch a product: portfolios that hold both."""
        mine = {
            principal.portfolio_id
            for principal in self._store.principals.values()
            if is_principal(caller, principal.arn, principal.kind)
        }
        associations = self._store.associations.values()
        return [a for a in associations if a.product_id == product_id and a.portfolio_id in mine]

    def path(self, caller: Caller, product_id: str, path_id: str) -> Association:
        """The way to launch a product that a caller chose or that is the only one.

        Raises:
            ResourceNotFoundError: the caller is in no portfolio with the product.
            InvalidParametersError: there are several ways; name one.
        """
        paths = self.paths(caller, product_id)
        if path_id:
            paths = [path for path in paths if path.id == path_id]
        if not paths:
            raise ResourceNotFoundError(f"No launch paths found for resource: {product_id}")
        if len(paths) > 1:
            raise InvalidParametersError(
                f"Product {product_id} has {len(paths)} launch paths; name one with PathId."
            )
        return paths[0]

    def product(self, product_id: str) -> Product:
        """A product, whoever asks.

        Raises:
            ResourceNotFoundError: no such product.
        """
        if product_id not in self._store.products:
            raise ResourceNotFoundError(f"Product {product_id} not found.")
        return self._store.products[product_id]

    def artifact(self, product: Product, artifact_id: str) -> Artifact:
        """A version of a product as users see it; the latest when no id is given.

        Raises:
            ResourceNotFoundError: no such version, or one that is not active.
        """
        active = [a for a in product.artifacts if a.active]
        if artifact_id:
            chosen = [a for a in active if a.id == artifact_id]
        else:
            offered = [a for a in active if a.guidance != DEPRECATED]
            chosen = sorted(offered, key=lambda artifact: artifact.created_at)[-1:]
        if not chosen:
            raise ResourceNotFoundError(
                f"Provisioning artifact {artifact_id} of product {product.id} not found."
            )
        return chosen[0]

    def artifact_to_launch(
        self, product: Product, artifact_id: str, *, current_id: str = ""
    ) -> Artifact:
        """The version that something is launched with or updated to; the latest by default.

        Source: UpdateProvisioningArtifact (Guidance: a launch with a deprecated version is
        refused, an update of what has that version is not); UpdateProject (the default).

        Args:
            product: whose version it is.
            artifact_id: empty for the latest.
            current_id: the version of what is updated.
        """
        artifact = self.artifact(product, artifact_id)
        if artifact.guidance == DEPRECATED and artifact.id != current_id:
            raise InvalidParametersError(
                f"Provisioning artifact {artifact.id} of product {product.id} is deprecated."
            )
        return artifact

    def launch_role(self, path: Association) -> str:
        """ARN of the role of a launch; empty when the caller's own permissions are used."""
        pair = (path.portfolio_id, path.product_id)
        for constraint in self._store.constraints.values():
            if (constraint.portfolio_id, constraint.product_id) == pair:
                return constraint.role_arn
        return ""

    def template_of(self, artifact_id: str) -> str:
        """The service's copy of a version's template."""
        for product in self._store.products.values():
            for artifact in product.artifacts:
                if artifact.id == artifact_id:
                    return artifact.template
        raise ResourceNotFoundError(f"Provisioning artifact {artifact_id} not found.")
