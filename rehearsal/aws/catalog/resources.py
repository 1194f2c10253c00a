"""What Service Catalog remembers: portfolios, products, constraints, launches, projects and plans.

Records are in the shape of the API's answers, so that what is stored is what is answered; a member
whose name starts with an underscore is ours and never leaves. A record never changes: another is
put in its place.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.aws.catalog.errors import ResourceNotFoundError
from rehearsal.aws.emulator.touched_entries import ReplacedDict
from rehearsal.aws.service_kit.operations import Record
from rehearsal.aws.service_kit.store import Store

_LETTERS = string.ascii_lowercase + string.digits
CLOUDFORMATION = "CLOUD_FORMATION_TEMPLATE"
Records = dict[str, Record]


@dataclass
class CatalogStore(Store):
    """Everything, by id; projects by name."""

    portfolios: Records = field(default_factory=ReplacedDict)
    products: Records = field(default_factory=ReplacedDict)
    associations: Records = field(default_factory=ReplacedDict)
    principals: Records = field(default_factory=ReplacedDict)
    constraints: Records = field(default_factory=ReplacedDict)
    provisioned: Records = field(default_factory=ReplacedDict)
    records: Records = field(default_factory=ReplacedDict)
    projects: Records = field(default_factory=ReplacedDict)
    plans: Records = field(default_factory=ReplacedDict)

    def portfolio(self, portfolio_id: str) -> Record:
        """A portfolio, or ResourceNotFoundError."""
        return _found(self.portfolios, "Portfolio", portfolio_id)

    def product(self, product_id: str) -> Record:
        """A product, or ResourceNotFoundError."""
        return _found(self.products, "Product", product_id)

    def provisioned_product(self, provisioned_id: str) -> Record:
        """A launched product as it was last seen, or ResourceNotFoundError."""
        return _found(self.provisioned, "Provisioned product", provisioned_id)

    def plan(self, plan_id: str) -> Record:
        """A plan of an update, or ResourceNotFoundError."""
        return _found(self.plans, "Plan", plan_id)

    def record(self, record_id: str) -> Record:
        """A record of a launch as it was last seen, or ResourceNotFoundError."""
        return _found(self.records, "Record", record_id)


def of_pair(records: Records, pair: Mapping[str, str]) -> list[Record]:
    """The associations, or constraints, of a portfolio and a product that a record names."""
    members = ("PortfolioId", "ProductId")
    return [r for r in records.values() if all(r[name] == pair[name] for name in members)]


def new_id(prefix: str, length: int = 13) -> str:
    """An id as Service Catalog makes them, such as `prod-abcdefghijklm`."""
    return f"{prefix}-{''.join(random.SystemRandom().choices(_LETTERS, k=length))}"


def product_arn(account: str, region: str, product_id: str) -> str:
    """ARN of a product."""
    return f"arn:aws:catalog:{region}:{account}:product/{product_id}"


def portfolio_arn(account: str, region: str, portfolio_id: str) -> str:
    """ARN of a portfolio."""
    return f"arn:aws:catalog:{region}:{account}:portfolio/{portfolio_id}"


def _found(records: Records, what: str, key: str) -> Record:
    if key not in records:
        raise ResourceNotFoundError(f"{what} {key} not found.")
    return records[key]
