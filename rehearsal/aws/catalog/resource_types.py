"""The CloudFormation types AWS::ServiceCatalog::*.

Source: CloudFormation template reference, one page per type (return values, update behaviour).
"""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.aws.catalog.portfolios import Portfolios
from rehearsal.aws.catalog.products import Products
from rehearsal.aws.emulator.extensions import (
    CreateHandler,
    DeleteHandler,
    Extensions,
    Properties,
    UpdateHandler,
)
from rehearsal.aws.service_kit.operations import Record
from rehearsal.aws.service_kit.resource_type import Created

_PREFIX = "AWS::ServiceCatalog::"
Make = Callable[[Record], Record]
Change = Callable[[str, Record], Record]
Remove = Callable[[str], None]
Told = Callable[[Record], Created]
# Of the types that only tie others together; none of them changes in place.
_REPLACING = (
    "LocalRoleName",
    "PortfolioId",
    "PrincipalARN",
    "PrincipalType",
    "ProductId",
    "RoleArn",
    "SourcePortfolioId",
)


class ResourceTypes:
    """Handlers that CloudFormation calls; errors become the resource's failure."""

    def __init__(
        self, portfolios: Portfolios, products: Products, check_account: Callable[[], None]
    ) -> None:
        """Takes also what refuses to work for the stack of another account."""
        self._portfolios = portfolios
        self._products = products
        self._check_account = check_account

    def add_to(self, registry: Extensions) -> None:
        """Register every type."""
        own, products = self._portfolios, self._products
        changing: tuple[tuple[str, Make, Change, Remove, Told], ...] = (
            ("Portfolio", own.create, own.update, own.delete, _portfolio),
            ("CloudFormationProduct", products.add, products.replace, products.remove, _product),
        )
        for name, make, change, remove, told in changing:
            creation, deletion = self._creation(make, told), _deletion(remove)
            registry.add_type(f"{_PREFIX}{name}", creation, deletion, _update(change, told))
        tying: tuple[tuple[str, Make, Remove], ...] = (
            ("PortfolioProductAssociation", own.associate_product, own.disassociate_product),
            ("PortfolioPrincipalAssociation", own.associate_principal, own.disassociate_principal),
            ("LaunchRoleConstraint", own.constrain, own.delete_constraint),
        )
        for name, make, remove in tying:
            creation, deletion = self._creation(make, _tie), _deletion(remove)
            registry.add_type(f"{_PREFIX}{name}", creation, deletion, replace_on=_REPLACING)

    def _creation(self, make: Make, told: Told) -> CreateHandler:
        def create(_logical_id: str, properties: Properties, _stack: str) -> Created:
            self._check_account()
            return told(make(_request(properties)))

        return create


def _update(change: Change, told: Told) -> UpdateHandler:
    return lambda ref, _old, new, _stack: told(change(ref, _request(new)))


def _deletion(remove: Remove) -> DeleteHandler:
    return lambda ref, _properties: remove(ref)


def _request(properties: Properties) -> Record:
    """Properties without those that only CloudFormation knows, and without the tags of stacks."""
    request = {name: value for name, value in properties.items() if name != "AcceptLanguage"}
    if "Tags" in request:
        request["Tags"] = [tag for tag in request["Tags"] if not tag["Key"].startswith("aws:")]
    return request


def _tie(made: Record) -> Created:
    return made["Id"], {}


def _portfolio(portfolio: Record) -> Created:
    return portfolio["Id"], {"PortfolioName": portfolio["DisplayName"]}


def _product(product: Record) -> Created:
    versions = product["_versions"]
    return product["ProductId"], {
        "ProductName": product["Name"],
        "ProvisioningArtifactIds": ",".join(version["Id"] for version in versions),
        "ProvisioningArtifactNames": ",".join(version["Name"] for version in versions),
    }
