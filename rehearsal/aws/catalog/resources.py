"""What Service Catalog remembers: portfolios, products, constraints, launches and projects.

Records are immutable; a change puts another record in the place of the old one.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.emulator.touched_entries import ReplacedDict
from rehearsal.aws.service_kit.store import Store

_LETTERS = string.ascii_lowercase + string.digits
DEPRECATED = "DEPRECATED"
Tags = dict[str, str]


@dataclass(frozen=True)
class Portfolio:
    """A group of products for a group of principals."""

    id: str
    name: str
    provider: str
    description: str
    created_at: float
    tags: Tags


@dataclass(frozen=True)
class Artifact:
    """One version of a product, with the service's own copy of its template."""

    id: str
    name: str
    description: str
    template_url: str
    template: str
    created_at: float
    active: bool = True
    guidance: str = "DEFAULT"
    token: str = ""


@dataclass(frozen=True)
class Product:
    """What can be launched."""

    id: str
    name: str
    owner: str
    description: str
    distributor: str
    support_description: str
    support_email: str
    support_url: str
    created_at: float
    tags: Tags
    artifacts: list[Artifact] = field(default_factory=list)
    token: str = ""


@dataclass(frozen=True)
class Association:
    """A product in a portfolio."""

    id: str
    portfolio_id: str
    product_id: str


@dataclass(frozen=True)
class Principal:
    """A role, user or group that may launch what is in a portfolio."""

    id: str
    portfolio_id: str
    arn: str
    kind: str


@dataclass(frozen=True)
class LaunchConstraint:
    """The role that launches a product of a portfolio."""

    id: str
    portfolio_id: str
    product_id: str
    role_arn: str
    description: str


@dataclass(frozen=True)
class ProvisionedProduct:
    """A launched product: its stack and how it stands."""

    id: str
    name: str
    product_id: str
    artifact_id: str
    path_id: str
    stack_name: str
    launch_role_arn: str
    token: str
    user_arn: str
    created_at: float
    tags: Tags
    status: str
    status_message: str = ""
    last_record_id: str = ""
    last_provisioning_record_id: str = ""
    last_successful_record_id: str = ""


@dataclass(frozen=True)
class LaunchRecord:
    """One request to launch, update or terminate, and what became of it."""

    id: str
    kind: str
    provisioned_product_id: str
    provisioned_product_name: str
    product_id: str
    artifact_id: str
    path_id: str
    launch_role_arn: str
    created_at: float
    updated_at: float
    status: str
    error_code: str = ""
    error: str = ""
    outputs: Tags = field(default_factory=dict)
    tags: Tags = field(default_factory=dict)


@dataclass(frozen=True)
class Project:
    """A SageMaker project; its parameters are kept as they may be shown."""

    name: str
    id: str
    description: str
    product_id: str
    artifact_id: str
    path_id: str
    parameters: Tags
    tags: Tags
    provisioned_product_id: str
    record_id: str
    status: str
    status_message: str
    created_at: float
    modified_at: float
    created_by: str


@dataclass
class CatalogStore(Store):
    """Everything, by id; projects by name."""

    portfolios: dict[str, Portfolio] = field(default_factory=ReplacedDict)
    products: dict[str, Product] = field(default_factory=ReplacedDict)
    associations: dict[str, Association] = field(default_factory=ReplacedDict)
    principals: dict[str, Principal] = field(default_factory=ReplacedDict)
    constraints: dict[str, LaunchConstraint] = field(default_factory=ReplacedDict)
    provisioned: dict[str, ProvisionedProduct] = field(default_factory=ReplacedDict)
    records: dict[str, LaunchRecord] = field(default_factory=ReplacedDict)
    projects: dict[str, Project] = field(default_factory=ReplacedDict)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take in what `snapshot` gave."""
        super().restore(
            {
                name: {key: of_type(**data) for key, data in state.get(name, {}).items()}
                for name, of_type in _RECORD_TYPES.items()
            }
        )


def _product(artifacts: list[dict[str, Any]], **members: Any) -> Product:
    return Product(artifacts=[Artifact(**artifact) for artifact in artifacts], **members)


_RECORD_TYPES: dict[str, Callable[..., Any]] = {
    "portfolios": Portfolio,
    "products": _product,
    "associations": Association,
    "principals": Principal,
    "constraints": LaunchConstraint,
    "provisioned": ProvisionedProduct,
    "records": LaunchRecord,
    "projects": Project,
}


def new_id(prefix: str, length: int = 13) -> str:
    """An id as Service Catalog makes them, such as `prod-abcdefghijklm`."""
    return f"{prefix}-{''.join(random.SystemRandom().choices(_LETTERS, k=length))}"


def product_arn(account: str, region: str, product_id: str) -> str:
    """ARN of a product."""
    return f"arn:aws:catalog:{region}:{account}:product/{product_id}"


def portfolio_arn(account: str, region: str, portfolio_id: str) -> str:
    """ARN of a portfolio."""
    return f"arn:aws:catalog:{region}:{account}:portfolio/{portfolio_id}"


def provisioned_arn(account: str, region: str, record: ProvisionedProduct) -> str:
    """ARN of a provisioned product."""
    return f"arn:aws:servicecatalog:{region}:{account}:stack/{record.name}/{record.id}"
