"""What callers and administrators can look at."""

from __future__ import annotations

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.callers import Caller
from rehearsal.aws.catalog.errors import InvalidParametersError, ResourceNotFoundError
from rehearsal.aws.catalog.products import administrators_view, product_detail
from rehearsal.aws.catalog.resources import CatalogStore, of_pair
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.service_kit.key_values import items_of
from rehearsal.aws.service_kit.operations import Record, answers

# Filter of a search -> the members that it looks into.
_FILTERS = {
    "FullTextSearch": ("Name", "ShortDescription", "Owner", "Distributor"),
    "Owner": ("Owner",),
    "ProductType": ("Type",),
}


class Browsing:
    """The operations that only read."""

    def __init__(self, store: CatalogStore, selection: Selection) -> None:
        self._store = store
        self._selection = selection

    @answers("ListPortfolios")
    def list_portfolios(self, _request: Record, _caller: Caller) -> Record:
        """Every portfolio of the account."""
        return {"PortfolioDetails": list(self._store.portfolios.values())}

    @answers("ListPrincipalsForPortfolio")
    def list_principals(self, request: Record, _caller: Caller) -> Record:
        """Who may launch from a portfolio."""
        portfolio_id = self._store.portfolio(request["PortfolioId"])["Id"]
        principals = self._store.principals.values()
        return {"Principals": [p for p in principals if p["PortfolioId"] == portfolio_id]}

    @answers("SearchProducts")
    def search_products(self, request: Record, caller: Caller) -> Record:
        """The products that the caller may launch."""
        products = [
            product
            for product in self._store.products.values()
            if self._selection.paths(caller, product["ProductId"]) and _found(product, request)
        ]
        return {"ProductViewSummaries": products}

    @answers("SearchProductsAsAdmin")
    def search_products_as_admin(self, request: Record, _caller: Caller) -> Record:
        """All products, or those of a portfolio."""
        products, portfolio_id = list(self._store.products.values()), request.get("PortfolioId")
        if portfolio_id:
            self._store.portfolio(portfolio_id)
            associations = self._store.associations.values()
            held = {a["ProductId"] for a in associations if a["PortfolioId"] == portfolio_id}
            products = [product for product in products if product["ProductId"] in held]
        return {"ProductViewDetails": [product_detail(p) for p in products if _found(p, request)]}

    @answers("DescribeProduct")
    def describe_product(self, request: Record, caller: Caller) -> Record:
        """A product that the caller may launch."""
        product = self._selection.product(request.get("Id"), request.get("Name"))
        paths = self._selection.paths(caller, product["ProductId"])
        if not paths:
            raise ResourceNotFoundError(f"Product {product['ProductId']} not found.")
        return {
            "ProductViewSummary": product,
            "ProvisioningArtifacts": [v for v in product["_versions"] if v["Active"]],
            "LaunchPaths": [self._named(path) for path in paths],
        }

    @answers("DescribeProductAsAdmin")
    def describe_product_as_admin(self, request: Record, _caller: Caller) -> Record:
        """A product, with its tags."""
        product = self._selection.product(request.get("Id"), request.get("Name"))
        return {
            **administrators_view(product),
            "ProvisioningArtifactSummaries": product["_versions"],
        }

    @answers("ListProvisioningArtifacts")
    def list_artifacts(self, request: Record, _caller: Caller) -> Record:
        """The versions of a product."""
        product = self._store.product(request["ProductId"])
        return {"ProvisioningArtifactDetails": product["_versions"]}

    @answers("ListLaunchPaths")
    def list_launch_paths(self, request: Record, caller: Caller) -> Record:
        """The ways by which the caller may launch a product."""
        product = self._store.product(request["ProductId"])
        summaries = [
            {
                **self._named(path),
                "ConstraintSummaries": of_pair(self._store.constraints, path),
                "Tags": items_of(product["_tags"]),
            }
            for path in self._selection.paths(caller, product["ProductId"])
        ]
        if not summaries:
            raise ResourceNotFoundError(
                f"No launch paths found for resource: {product['ProductId']}"
            )
        return {"LaunchPathSummaries": summaries}

    @answers("DescribeProvisioningParameters")
    def describe_parameters(self, request: Record, caller: Caller) -> Record:
        """The parameters of a version."""
        product = self._selection.product(request.get("ProductId"), request.get("ProductName"))
        path = self._selection.path(caller, product["ProductId"], request.get("PathId"))
        version = self._selection.version(product, request)
        return {
            "ProvisioningArtifactParameters": templates.described(version["_template"]),
            "ConstraintSummaries": of_pair(self._store.constraints, path),
        }

    def _named(self, path: Record) -> Record:
        return {**path, "Name": self._store.portfolio(path["PortfolioId"])["DisplayName"]}


def _found(product: Record, request: Record) -> bool:
    for name, values in request.get("Filters", {}).items():
        if name not in _FILTERS:
            raise InvalidParametersError(f"The filter {name} is not modelled in this rehearsal.")
        text = " ".join(product[member] for member in _FILTERS[name]).lower()
        if not any(value.lower() in text for value in values):
            return False
    return True
