"""What callers and administrators can look at, in the shapes of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.callers import Caller
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.resources import (
    Artifact,
    CatalogStore,
    Portfolio,
    Product,
    portfolio_arn,
)
from rehearsal.aws.catalog.resources import product_arn as arn_of_product
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.service_kit.operations import Record, answers

_CLOUDFORMATION = "CLOUD_FORMATION_TEMPLATE"
_LIMITS = ("AllowedPattern", "ConstraintDescription", "MaxLength", "MinLength")
_RANGES = ("MaxValue", "MinValue")


class Browsing:
    """The operations that only read."""

    def __init__(self, store: CatalogStore, selection: Selection) -> None:
        self._store = store
        self._selection = selection

    @answers("ListPortfolios")
    def list_portfolios(self, _request: Record, _caller: Caller) -> Record:
        """Every portfolio of the account."""
        return {"PortfolioDetails": [_portfolio(p) for p in self._store.portfolios.values()]}

    @answers("ListPrincipalsForPortfolio")
    def list_principals(self, request: Record, _caller: Caller) -> Record:
        """Who may launch from a portfolio."""
        portfolio_id = request["PortfolioId"]
        if portfolio_id not in self._store.portfolios:
            raise ResourceNotFoundError(f"Portfolio {portfolio_id} not found.")
        mine = [p for p in self._store.principals.values() if p.portfolio_id == portfolio_id]
        return {"Principals": [{"PrincipalARN": p.arn, "PrincipalType": p.kind} for p in mine]}

    @answers("SearchProducts")
    def search_products(self, request: Record, caller: Caller) -> Record:
        """The products that the caller may launch."""
        products = [
            product
            for product in self._store.products.values()
            if self._selection.paths(caller, product.id) and _found(product, request)
        ]
        return {"ProductViewSummaries": [_summary(product) for product in products]}

    @answers("SearchProductsAsAdmin")
    def search_products_as_admin(self, request: Record, _caller: Caller) -> Record:
        """All products, or those of a portfolio."""
        portfolio_id = request.get("PortfolioId")
        if portfolio_id and portfolio_id not in self._store.portfolios:
            raise ResourceNotFoundError(f"Portfolio {portfolio_id} not found.")
        held = {
            a.product_id
            for a in self._store.associations.values()
            if a.portfolio_id == portfolio_id
        }
        products = [
            product
            for product in self._store.products.values()
            if (not portfolio_id or product.id in held) and _found(product, request)
        ]
        return {"ProductViewDetails": [product_detail(product) for product in products]}

    @answers("DescribeProduct")
    def describe_product(self, request: Record, caller: Caller) -> Record:
        """A product that the caller may launch."""
        product = self._product(request)
        paths = self._selection.paths(caller, product.id)
        if not paths:
            raise ResourceNotFoundError(f"Product {product.id} not found.")
        active = [artifact for artifact in product.artifacts if artifact.active]
        return {
            "ProductViewSummary": _summary(product),
            "ProvisioningArtifacts": [_artifact(artifact) for artifact in active],
            "LaunchPaths": [self._path(path.id, path.portfolio_id) for path in paths],
        }

    @answers("DescribeProductAsAdmin")
    def describe_product_as_admin(self, request: Record, _caller: Caller) -> Record:
        """A product, with its tags."""
        product = self._product(request)
        return {
            "ProductViewDetail": product_detail(product),
            "ProvisioningArtifactSummaries": [_artifact(a) for a in product.artifacts],
            "Tags": [{"Key": key, "Value": value} for key, value in product.tags.items()],
        }

    @answers("ListProvisioningArtifacts")
    def list_artifacts(self, request: Record, _caller: Caller) -> Record:
        """The versions of a product."""
        product = self._selection.product(request["ProductId"])
        return {"ProvisioningArtifactDetails": [artifact_detail(a) for a in product.artifacts]}

    @answers("ListLaunchPaths")
    def list_launch_paths(self, request: Record, caller: Caller) -> Record:
        """The ways by which the caller may launch a product."""
        product = self._selection.product(request["ProductId"])
        summaries = [
            {
                **self._path(path.id, path.portfolio_id),
                "ConstraintSummaries": self._constraints(path.portfolio_id, product.id),
                "Tags": [{"Key": key, "Value": value} for key, value in product.tags.items()],
            }
            for path in self._selection.paths(caller, product.id)
        ]
        if not summaries:
            raise ResourceNotFoundError(f"No launch paths found for resource: {product.id}")
        return {"LaunchPathSummaries": summaries}

    @answers("DescribeProvisioningParameters")
    def describe_parameters(self, request: Record, caller: Caller) -> Record:
        """The parameters of a version."""
        product = self._product(
            {"Id": request.get("ProductId"), "Name": request.get("ProductName")}
        )
        path = self._selection.path(caller, product.id, request.get("PathId", ""))
        artifact_id = find_artifact_id(product, request)
        artifact = self._selection.artifact(product, artifact_id)
        declared = templates.parameters(templates.parse(artifact.template))
        return {
            "ProvisioningArtifactParameters": [
                _parameter(name, spec) for name, spec in declared.items()
            ],
            "ConstraintSummaries": self._constraints(path.portfolio_id, product.id),
        }

    def _product(self, request: Record) -> Product:
        return find_product(self._store, request.get("Id"), request.get("Name"))

    def _path(self, path_id: str, portfolio_id: str) -> Record:
        return {"Id": path_id, "Name": self._store.portfolios[portfolio_id].name}

    def _constraints(self, portfolio_id: str, product_id: str) -> list[Record]:
        pair = (portfolio_id, product_id)
        return [
            {"Type": "LAUNCH", "Description": constraint.description}
            for constraint in self._store.constraints.values()
            if (constraint.portfolio_id, constraint.product_id) == pair
        ]


def find_product(store: CatalogStore, product_id: str | None, name: str | None) -> Product:
    """A product by id or by name.

    Raises:
        InvalidParametersError: neither or both are given.
        ResourceNotFoundError: no such product.
    """
    if bool(product_id) == bool(name):
        raise InvalidParametersError("Name the product by its id or by its name, not by both.")
    for product in store.products.values():
        if product_id == product.id or name == product.name:
            return product
    raise ResourceNotFoundError(f"Product {product_id or name} not found.")


def find_artifact_id(product: Product, request: Record) -> str:
    """Id of the version that a request names by id or by name; empty when it names none."""
    name = request.get("ProvisioningArtifactName")
    if not name:
        return str(request.get("ProvisioningArtifactId", ""))
    for artifact in product.artifacts:
        if artifact.name == name:
            return artifact.id
    raise ResourceNotFoundError(f"Provisioning artifact {name} of {product.id} not found.")


def _found(product: Product, request: Record) -> bool:
    fields: dict[str, Callable[[Product], str]] = {
        "FullTextSearch": lambda p: f"{p.name} {p.description} {p.owner} {p.distributor}",
        "Owner": lambda p: p.owner,
        "ProductType": lambda _: _CLOUDFORMATION,
    }
    for name, values in request.get("Filters", {}).items():
        if name not in fields:
            raise InvalidParametersError(f"The filter {name} is not modelled in this rehearsal.")
        text = fields[name](product).lower()
        if not any(value.lower() in text for value in values):
            return False
    return True


def _portfolio(portfolio: Portfolio) -> Record:
    return {
        "Id": portfolio.id,
        "ARN": portfolio_arn(get_account_id(), get_region(), portfolio.id),
        "DisplayName": portfolio.name,
        "Description": portfolio.description,
        "CreatedTime": portfolio.created_at,
        "ProviderName": portfolio.provider,
    }


def _summary(product: Product) -> Record:
    return {
        "Id": f"prodview-{product.id.removeprefix('prod-')}",
        "ProductId": product.id,
        "Name": product.name,
        "Owner": product.owner,
        "ShortDescription": product.description,
        "Type": _CLOUDFORMATION,
        "Distributor": product.distributor,
        "HasDefaultPath": False,
        "SupportEmail": product.support_email,
        "SupportDescription": product.support_description,
        "SupportUrl": product.support_url,
    }


def product_detail(product: Product) -> Record:
    """A product as the administrator sees it."""
    return {
        "ProductViewSummary": _summary(product),
        "Status": "AVAILABLE",
        "ProductARN": arn_of_product(get_account_id(), get_region(), product.id),
        "CreatedTime": product.created_at,
    }


def artifact_detail(artifact: Artifact) -> Record:
    """A version as the administrator sees it."""
    return {**_artifact(artifact), "Type": _CLOUDFORMATION, "Active": artifact.active}


def _artifact(artifact: Artifact) -> Record:
    return {
        "Id": artifact.id,
        "Name": artifact.name,
        "Description": artifact.description,
        "CreatedTime": artifact.created_at,
        "Guidance": artifact.guidance,
    }


def _parameter(name: str, spec: dict[str, Any]) -> Record:
    secret = templates.is_secret(spec)
    limits: Record = {key: str(spec[key]) for key in (*_LIMITS, *_RANGES) if key in spec}
    if "AllowedValues" in spec:
        limits["AllowedValues"] = [str(value) for value in spec["AllowedValues"]]
    default = spec.get("Default")
    return {
        "ParameterKey": name,
        "DefaultValue": None if default is None or secret else str(default),
        "ParameterType": spec.get("Type", "String"),
        "IsNoEcho": secret,
        "Description": spec.get("Description", ""),
        "ParameterConstraints": limits,
    }
