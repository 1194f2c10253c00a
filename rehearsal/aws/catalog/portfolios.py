"""Portfolios: what is in them, who may launch it, and with which role."""

from __future__ import annotations

from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.catalog.errors import (
    DuplicateResourceError,
    InvalidParametersError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.resources import CatalogStore, Records, new_id, of_pair, portfolio_arn
from rehearsal.aws.service_kit.key_values import mapping_of
from rehearsal.aws.service_kit.model_validation import validate
from rehearsal.aws.service_kit.operations import Record


class Portfolios:
    """Rules of what an administrator sets up; requests have the shape of the API's."""

    def __init__(self, store: CatalogStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def create(self, request: Record) -> Record:
        """Make a portfolio."""
        validate("servicecatalog", "CreatePortfolio", {"IdempotencyToken": "new", **request})
        portfolio_id = _added(self._store.portfolios, "port", {"CreatedTime": self._clock()})["Id"]
        return self.update(portfolio_id, request)

    def update(self, portfolio_id: str, request: Record) -> Record:
        """Change a portfolio in place."""
        changed = self._store.portfolios[portfolio_id] = {
            **self._store.portfolio(portfolio_id),
            "ARN": portfolio_arn(get_account_id(), get_region(), portfolio_id),
            "DisplayName": request["DisplayName"],
            "ProviderName": request["ProviderName"],
            "Description": request.get("Description", ""),
            "_tags": mapping_of(request.get("Tags")),
        }
        return changed

    def delete(self, portfolio_id: str) -> None:
        """Remove an empty portfolio."""
        store = self._store
        for users in (store.associations, store.principals, store.constraints):
            if any(user["PortfolioId"] == portfolio_id for user in users.values()):
                raise ResourceInUseError(
                    f"Portfolio {portfolio_id} still has products, principals or constraints; "
                    "remove them first."
                )
        store.portfolios.pop(portfolio_id, None)

    def associate_product(self, request: Record) -> Record:
        """Put a product into a portfolio."""
        portfolio = self._store.portfolio(request["PortfolioId"])
        product = self._store.product(request["ProductId"])
        pair = {"PortfolioId": portfolio["Id"], "ProductId": product["ProductId"]}
        return _added(self._store.associations, "pathasc", pair)

    def disassociate_product(self, association_id: str) -> None:
        """Take a product out of a portfolio, once no constraint binds the two."""
        association = self._store.associations.get(association_id)
        if association is None:
            return
        if of_pair(self._store.constraints, association):
            raise ResourceInUseError(
                f"Product {association['ProductId']} has constraints in portfolio "
                f"{association['PortfolioId']}; remove them first."
            )
        del self._store.associations[association_id]

    def associate_principal(self, request: Record) -> Record:
        """Let a principal launch what is in a portfolio."""
        self._store.portfolio(request["PortfolioId"])
        validate("servicecatalog", "AssociatePrincipalWithPortfolio", request)
        arn = request["PrincipalARN"]
        if not arn.startswith("arn:") or ":iam:" not in arn:
            raise InvalidParametersError(f"Invalid principal ARN {arn}.")
        return _added(self._store.principals, "prin", request)

    def disassociate_principal(self, principal_id: str) -> None:
        """Take a principal out of a portfolio."""
        self._store.principals.pop(principal_id, None)

    def constrain(self, request: Record) -> Record:
        """Name the role that launches a product of a portfolio."""
        portfolio, product = request["PortfolioId"], request["ProductId"]
        if not of_pair(self._store.associations, request):
            raise ResourceNotFoundError(f"Product {product} is not in portfolio {portfolio}.")
        if of_pair(self._store.constraints, request):
            raise DuplicateResourceError(
                f"Product {product} already has a launch constraint in portfolio {portfolio}."
            )
        local = f"arn:aws:iam::{get_account_id()}:role/{request.get('LocalRoleName')}"
        role = {"Type": "LAUNCH", "Description": "", "RoleArn": local}
        return _added(self._store.constraints, "cons", {**role, **request})

    def delete_constraint(self, constraint_id: str) -> None:
        """Remove a constraint."""
        self._store.constraints.pop(constraint_id, None)


def _added(records: Records, prefix: str, record: Record) -> Record:
    identity = new_id(prefix)
    added = records[identity] = {"Id": identity, **record}
    return added
