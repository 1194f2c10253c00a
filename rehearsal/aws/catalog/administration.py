"""What an administrator sets up: portfolios, products, who may launch them and with which role."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    InvalidParametersError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.resources import (
    Artifact,
    Association,
    CatalogStore,
    LaunchConstraint,
    Portfolio,
    Principal,
    Product,
    Tags,
    new_id,
)
from rehearsal.aws.catalog.versions import Versions
from rehearsal.aws.service_kit.model_validation import ModelValidationError, validate
from rehearsal.aws.service_kit.operations import Record

_CLOUDFORMATION = "CLOUD_FORMATION_TEMPLATE"
_DESCRIBED = {
    "Name": "name",
    "Owner": "owner",
    "Description": "description",
    "Distributor": "distributor",
    "SupportDescription": "support_description",
    "SupportEmail": "support_email",
    "SupportUrl": "support_url",
}


class Administration:
    """Rules of the administrator's operations; requests have the shape of the API's."""

    def __init__(self, store: CatalogStore, clock: Callable[[], float], versions: Versions) -> None:
        self._store = store
        self._clock = clock
        self._versions = versions

    def create_portfolio(self, request: Record) -> Portfolio:
        """Make a portfolio."""
        _check("CreatePortfolio", {"IdempotencyToken": "new", **request})
        portfolio = Portfolio(
            id=new_id("port"),
            name=request["DisplayName"],
            provider=request["ProviderName"],
            description=request.get("Description", ""),
            created_at=self._clock(),
            tags=tags_of(request),
        )
        self._store.portfolios[portfolio.id] = portfolio
        return portfolio

    def update_portfolio(self, portfolio_id: str, request: Record) -> Portfolio:
        """Change a portfolio in place."""
        changed = dataclasses.replace(
            self.portfolio(portfolio_id),
            name=request["DisplayName"],
            provider=request["ProviderName"],
            description=request.get("Description", ""),
            tags=tags_of(request),
        )
        self._store.portfolios[portfolio_id] = changed
        return changed

    def delete_portfolio(self, portfolio_id: str) -> None:
        """Remove an empty portfolio."""
        users: list[Iterable[Any]] = [
            self._store.associations.values(),
            self._store.principals.values(),
            self._store.constraints.values(),
        ]
        if any(user.portfolio_id == portfolio_id for group in users for user in group):
            raise ResourceInUseError(
                f"Portfolio {portfolio_id} still has products, principals or constraints; "
                "remove them first."
            )
        self._store.portfolios.pop(portfolio_id, None)

    def create_product(self, request: Record, token: str = "") -> Product:
        """Make a product with its versions; the same token again gives the same product."""
        for product in self._store.products.values():
            if token and product.token == token:
                return product
        product = self._product(new_id("prod"), self._clock(), request, [])
        product = dataclasses.replace(product, token=token)
        self._store.products[product.id] = product
        return product

    def describe_anew(self, product_id: str, request: Record) -> Product:
        """Change what a product says of itself, and its tags; its versions stay as they are."""
        product = self.product(product_id)
        changes = {field: request[name] for name, field in _DESCRIBED.items() if name in request}
        removed = request.get("RemoveTags", [])
        kept = {key: value for key, value in product.tags.items() if key not in removed}
        added = tags_of({"Tags": request.get("AddTags", [])})
        changed = dataclasses.replace(product, **changes, tags=kept | added)
        self._store.products[product_id] = changed
        return changed

    def update_product(self, product_id: str, request: Record) -> Product:
        """Change a product as CloudFormation does, to exactly the versions that are listed.

        A version with the same name and template keeps its id; one that is not listed is gone.
        """
        old = self.product(product_id)
        kept = [] if request.get("ReplaceProvisioningArtifacts") else old.artifacts
        product = self._product(product_id, old.created_at, request, kept)
        self._store.products[product_id] = product
        return product

    def delete_product(self, product_id: str) -> None:
        """Remove a product that is in no portfolio; what was launched from it stays."""
        if any(a.product_id == product_id for a in self._store.associations.values()):
            raise ResourceInUseError(
                f"Product {product_id} is still in a portfolio; take it out first."
            )
        self._store.products.pop(product_id, None)

    def associate_product(self, portfolio_id: str, product_id: str) -> Association:
        """Put a product into a portfolio."""
        self.portfolio(portfolio_id)
        self.product(product_id)
        association = Association(new_id("pathasc"), portfolio_id, product_id)
        self._store.associations[association.id] = association
        return association

    def disassociate_product(self, association_id: str) -> None:
        """Take a product out of a portfolio, once no constraint binds the two."""
        association = self._store.associations.get(association_id)
        if association is None:
            return
        pair = (association.portfolio_id, association.product_id)
        if any((c.portfolio_id, c.product_id) == pair for c in self._store.constraints.values()):
            raise ResourceInUseError(
                f"Product {pair[1]} has constraints in portfolio {pair[0]}; remove them first."
            )
        del self._store.associations[association_id]

    def associate_principal(self, portfolio_id: str, arn: str, kind: str) -> Principal:
        """Let a principal launch what is in a portfolio."""
        self.portfolio(portfolio_id)
        _check(
            "AssociatePrincipalWithPortfolio",
            {"PortfolioId": portfolio_id, "PrincipalARN": arn, "PrincipalType": kind},
        )
        if not arn.startswith("arn:") or ":iam:" not in arn:
            raise InvalidParametersError(f"Invalid principal ARN {arn}.")
        principal = Principal(new_id("prin"), portfolio_id, arn, kind)
        self._store.principals[principal.id] = principal
        return principal

    def disassociate_principal(self, principal_id: str) -> None:
        """Take a principal out of a portfolio."""
        self._store.principals.pop(principal_id, None)

    def create_launch_constraint(self, request: Record, role_arn: str) -> LaunchConstraint:
        """Name the role that launches a product of a portfolio."""
        pair = (request["PortfolioId"], request["ProductId"])
        associations = self._store.associations.values()
        if not any((a.portfolio_id, a.product_id) == pair for a in associations):
            raise ResourceNotFoundError(f"Product {pair[1]} is not in portfolio {pair[0]}.")
        if any((c.portfolio_id, c.product_id) == pair for c in self._store.constraints.values()):
            raise DuplicateResourceError(
                f"Product {pair[1]} already has a launch constraint in portfolio {pair[0]}."
            )
        constraint = LaunchConstraint(
            new_id("cons"), *pair, role_arn, request.get("Description", "")
        )
        self._store.constraints[constraint.id] = constraint
        return constraint

    def delete_constraint(self, constraint_id: str) -> None:
        """Remove a constraint."""
        self._store.constraints.pop(constraint_id, None)

    def portfolio(self, portfolio_id: str) -> Portfolio:
        """One portfolio, or ResourceNotFoundError."""
        try:
            return self._store.portfolios[portfolio_id]
        except KeyError:
            raise ResourceNotFoundError(f"Portfolio {portfolio_id} not found.") from None

    def product(self, product_id: str) -> Product:
        """One product, or ResourceNotFoundError."""
        try:
            return self._store.products[product_id]
        except KeyError:
            raise ResourceNotFoundError(f"Product {product_id} not found.") from None

    def _product(
        self, product_id: str, created_at: float, request: Record, kept: list[Artifact]
    ) -> Product:
        versions = request["ProvisioningArtifactParameters"]
        described: Record = {
            key: request[key]
            for key in ("Name", "Owner", "Description", "Distributor", "SupportEmail")
            if key in request
        }
        for version in versions:
            artifact = {"Type": _CLOUDFORMATION, **version}
            artifact.pop("DisableTemplateValidation", None)
            token = {"IdempotencyToken": "new", "ProductType": _CLOUDFORMATION}
            _check(
                "CreateProduct", {**token, **described, "ProvisioningArtifactParameters": artifact}
            )
        return Product(
            id=product_id,
            name=request["Name"],
            owner=request["Owner"],
            description=request.get("Description", ""),
            distributor=request.get("Distributor", ""),
            support_description=request.get("SupportDescription", ""),
            support_email=request.get("SupportEmail", ""),
            support_url=request.get("SupportUrl", ""),
            created_at=created_at,
            tags=tags_of(request),
            artifacts=[self._artifact(version, kept) for version in versions],
        )

    def _artifact(self, version: Record, kept: list[Artifact]) -> Artifact:
        url, name = version["Info"]["LoadTemplateFromURL"], version.get("Name", "")
        for artifact in kept:
            if (artifact.template_url, artifact.name) == (url, name):
                return dataclasses.replace(artifact, description=version.get("Description", ""))
        return self._versions.make(version)


def tags_of(request: Record) -> Tags:
    """A request's tags as a mapping, without those that AWS itself puts on a stack's resources."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def _check(operation: str, request: Record) -> None:
    try:
        validate("servicecatalog", operation, request)
    except ModelValidationError as error:
        raise InvalidParametersError(str(error)) from error
