"""The CloudFormation types AWS::ServiceCatalog::*.

Source: CloudFormation template reference, one page per type (return values, update behaviour).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.catalog.administration import Administration
from rehearsal.aws.catalog.resources import Product
from rehearsal.aws.emulator.extensions import Attributes, CreateHandler, Extensions, Properties

_PREFIX = "AWS::ServiceCatalog::"


class ResourceTypes:
    """Handlers that CloudFormation calls; errors become the resource's failure."""

    def __init__(self, administration: Administration, check_account: Callable[[], None]) -> None:
        """Takes also what refuses to work for the stack of another account."""
        self._administration = administration
        self._check_account = check_account

    def add_to(self, registry: Extensions) -> None:
        """Register every type."""
        admin = self._administration
        registry.add_type(
            f"{_PREFIX}Portfolio",
            self._here(self._create_portfolio),
            lambda ref, _props: admin.delete_portfolio(ref),
            self._update_portfolio,
        )
        registry.add_type(
            f"{_PREFIX}CloudFormationProduct",
            self._here(self._create_product),
            lambda ref, _props: admin.delete_product(ref),
            self._update_product,
        )
        registry.add_type(
            f"{_PREFIX}PortfolioProductAssociation",
            self._here(self._associate_product),
            lambda ref, _props: admin.disassociate_product(ref),
            replace_on=("PortfolioId", "ProductId", "SourcePortfolioId"),
        )
        registry.add_type(
            f"{_PREFIX}PortfolioPrincipalAssociation",
            self._here(self._associate_principal),
            lambda ref, _props: admin.disassociate_principal(ref),
            replace_on=("PortfolioId", "PrincipalARN", "PrincipalType"),
        )
        registry.add_type(
            f"{_PREFIX}LaunchRoleConstraint",
            self._here(self._create_constraint),
            lambda ref, _props: admin.delete_constraint(ref),
            replace_on=("PortfolioId", "ProductId", "RoleArn", "LocalRoleName"),
        )

    def _here(self, create: CreateHandler) -> CreateHandler:
        def create_here(logical_id: str, props: Properties, stack: str) -> tuple[str, Attributes]:
            self._check_account()
            return create(logical_id, props, stack)

        return create_here

    def _create_portfolio(self, _id: str, props: Properties, _stack: str) -> tuple[str, Attributes]:
        portfolio = self._administration.create_portfolio(_request(props))
        return portfolio.id, {"PortfolioName": portfolio.name}

    def _update_portfolio(
        self, ref: str, _old: Properties, new: Properties, _stack: str
    ) -> tuple[str, Attributes]:
        portfolio = self._administration.update_portfolio(ref, _request(new))
        return ref, {"PortfolioName": portfolio.name}

    def _create_product(self, _id: str, props: Properties, _stack: str) -> tuple[str, Attributes]:
        product = self._administration.create_product(_request(props))
        return product.id, _product_attributes(product)

    def _update_product(
        self, ref: str, _old: Properties, new: Properties, _stack: str
    ) -> tuple[str, Attributes]:
        return ref, _product_attributes(self._administration.update_product(ref, _request(new)))

    def _associate_product(
        self, _id: str, props: Properties, _stack: str
    ) -> tuple[str, Attributes]:
        association = self._administration.associate_product(
            props["PortfolioId"], props["ProductId"]
        )
        return association.id, {}

    def _associate_principal(
        self, _id: str, props: Properties, _stack: str
    ) -> tuple[str, Attributes]:
        principal = self._administration.associate_principal(
            props["PortfolioId"], props["PrincipalARN"], props["PrincipalType"]
        )
        return principal.id, {}

    def _create_constraint(
        self, _id: str, props: Properties, _stack: str
    ) -> tuple[str, Attributes]:
        local = f"arn:aws:iam::{get_account_id()}:role/{props.get('LocalRoleName')}"
        constraint = self._administration.create_launch_constraint(
            props, props.get("RoleArn") or local
        )
        return constraint.id, {}


def _request(props: Properties) -> dict[str, Any]:
    """Properties without those that only CloudFormation knows."""
    return {name: value for name, value in props.items() if name != "AcceptLanguage"}


def _product_attributes(product: Product) -> Attributes:
    return {
        "ProductName": product.name,
        "ProvisioningArtifactIds": ",".join(artifact.id for artifact in product.artifacts),
        "ProvisioningArtifactNames": ",".join(artifact.name for artifact in product.artifacts),
    }
