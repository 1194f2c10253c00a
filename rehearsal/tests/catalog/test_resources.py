"""The store keeps everything, and administrators cannot leave loose ends."""

from __future__ import annotations

import json

import pytest

from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.portfolios import Portfolios
from rehearsal.aws.catalog.products import Products
from rehearsal.aws.catalog.resources import CatalogStore

_PORTFOLIO = {"DisplayName": "p", "ProviderName": "us"}
_PRODUCT = {"ProductId": "prod-1", "Name": "n", "_tags": {"a": "b"}, "_versions": [{"Id": "pa-1"}]}


@pytest.fixture
def store() -> CatalogStore:
    return CatalogStore(products={"prod-1": _PRODUCT})


@pytest.fixture
def portfolios(store: CatalogStore) -> Portfolios:
    return Portfolios(store, lambda: 7.0)


@pytest.fixture
def products(store: CatalogStore) -> Products:
    return Products(store, lambda: 7.0)


def test_the_state_survives_json(store: CatalogStore, portfolios: Portfolios) -> None:
    portfolio = portfolios.create(_PORTFOLIO)
    portfolios.associate_product({"PortfolioId": portfolio["Id"], "ProductId": "prod-1"})
    again = CatalogStore()
    again.restore(json.loads(json.dumps(store.snapshot())))
    assert again == store


def test_a_product_in_a_portfolio_is_not_deleted(
    portfolios: Portfolios, products: Products
) -> None:
    portfolio = portfolios.create(_PORTFOLIO)["Id"]
    pair = {"PortfolioId": portfolio, "ProductId": "prod-1"}
    association = portfolios.associate_product(pair)
    with pytest.raises(ResourceInUseError, match="still in a portfolio"):
        products.remove("prod-1")
    with pytest.raises(ResourceInUseError, match="remove them first"):
        portfolios.delete(portfolio)
    portfolios.disassociate_product(association["Id"])
    products.remove("prod-1")
    portfolios.delete(portfolio)


def test_a_constraint_needs_the_product_in_the_portfolio(portfolios: Portfolios) -> None:
    request = {"PortfolioId": portfolios.create(_PORTFOLIO)["Id"], "ProductId": "prod-1"}
    with pytest.raises(ResourceNotFoundError, match="not in portfolio"):
        portfolios.constrain(request)
    association = portfolios.associate_product(request)
    constraint = portfolios.constrain(request)
    with pytest.raises(DuplicateResourceError, match="already has a launch constraint"):
        portfolios.constrain(request)
    with pytest.raises(ResourceInUseError, match="has constraints"):
        portfolios.disassociate_product(association["Id"])
    portfolios.delete_constraint(constraint["Id"])
    portfolios.disassociate_product(association["Id"])
