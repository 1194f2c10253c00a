"""The store keeps everything, and administrators cannot leave loose ends."""

from __future__ import annotations

import json

import pytest

from rehearsal.aws.catalog.administration import Administration
from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.resources import Artifact, CatalogStore, Product
from rehearsal.aws.catalog.versions import Versions

_PORTFOLIO = {"DisplayName": "p", "ProviderName": "us"}


def _store() -> CatalogStore:
    artifact = Artifact("pa-1", "1.0", "", "https://s3/x", "{}", 1.0)
    product = Product("prod-1", "n", "o", "", "", "", "", "", 1.0, {"a": "b"}, [artifact])
    return CatalogStore(products={product.id: product})


@pytest.fixture
def store() -> CatalogStore:
    return _store()


@pytest.fixture
def admin(store: CatalogStore) -> Administration:
    return Administration(store, lambda: 7.0, Versions(store, lambda: 7.0))


def test_the_state_survives_json(store: CatalogStore, admin: Administration) -> None:
    portfolio = admin.create_portfolio(_PORTFOLIO)
    admin.associate_product(portfolio.id, "prod-1")
    again = CatalogStore()
    again.restore(json.loads(json.dumps(store.snapshot())))
    assert again == store


def test_a_product_in_a_portfolio_is_not_deleted(admin: Administration) -> None:
    portfolio = admin.create_portfolio(_PORTFOLIO)
    association = admin.associate_product(portfolio.id, "prod-1")
    with pytest.raises(ResourceInUseError, match="still in a portfolio"):
        admin.delete_product("prod-1")
    with pytest.raises(ResourceInUseError, match="remove them first"):
        admin.delete_portfolio(portfolio.id)
    admin.disassociate_product(association.id)
    admin.delete_product("prod-1")
    admin.delete_portfolio(portfolio.id)


def test_a_constraint_needs_the_product_in_the_portfolio(admin: Administration) -> None:
    portfolio = admin.create_portfolio(_PORTFOLIO)
    request = {"PortfolioId": portfolio.id, "ProductId": "prod-1"}
    with pytest.raises(ResourceNotFoundError, match="not in portfolio"):
        admin.create_launch_constraint(request, "arn")
    association = admin.associate_product(portfolio.id, "prod-1")
    constraint = admin.create_launch_constraint(request, "arn")
    with pytest.raises(DuplicateResourceError, match="already has a launch constraint"):
        admin.create_launch_constraint(request, "arn")
    with pytest.raises(ResourceInUseError, match="has constraints"):
        admin.disassociate_product(association.id)
    admin.delete_constraint(constraint.id)
    admin.disassociate_product(association.id)
