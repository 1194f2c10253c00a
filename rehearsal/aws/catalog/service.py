"""Service Catalog as a service of the local AWS: its parts put together, its state kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.authorization import resource_arn
from rehearsal.aws.catalog.browsing import Browsing
from rehearsal.aws.catalog.callers import Caller, caller_of
from rehearsal.aws.catalog.errors import InvalidParametersError
from rehearsal.aws.catalog.launches import Launches
from rehearsal.aws.catalog.plans import Plans
from rehearsal.aws.catalog.portfolios import Portfolios
from rehearsal.aws.catalog.products import Products
from rehearsal.aws.catalog.provisioning import Provisioning
from rehearsal.aws.catalog.regions import store_of_present_region
from rehearsal.aws.catalog.resource_types import ResourceTypes
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.iam.judged_resources import tell_condition_keys
from rehearsal.aws.service_kit.errors import OperationNotModelledError
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.operations import (
    Operation,
    Record,
    RequestContext,
    operations_of,
)

_API = Api(
    name="servicecatalog",
    target_prefix="AWS242ServiceCatalogService.",
    hosts=r"servicecatalog\.",
    refusal=InvalidParametersError,
    message="Message",
)


class CatalogService(JsonService):
    """Service Catalog of one account, which it has to itself, in each region another one."""

    def __init__(self, account: str) -> None:
        """Start with an empty store."""
        super().__init__(_API, resource_arn)
        self._account = account
        self.store = store_of_present_region()
        self.selection = Selection(self.store)
        self.provisioning = Provisioning(self.store, self.selection, time.time)
        self._products = Products(self.store, time.time)
        browsing = Browsing(self.store, self.selection)
        self._launches = launches = Launches(self.store, self.selection, self.provisioning)
        self.operations: Mapping[str, Callable[[Record, Caller], Record]] = operations_of(
            self._products, browsing, launches, Plans(self.store, launches, time.time)
        )

    def add_to(self, registry: Extensions) -> None:
        """Add the service and its CloudFormation types."""
        super().add_to(registry)
        tell_condition_keys(_API.name, self._launches.condition_keys)
        stacks.serve_templates(self.selection.template_of)
        portfolios = Portfolios(self.store, time.time)
        ResourceTypes(portfolios, self._products, self.check_place).add_to(registry)

    def operation(self, name: str, _request: Record) -> Operation | None:
        """What answers a request, in the name of the principal behind it."""
        answer = self.operations.get(name)
        if answer is None:
            return None

        def answer_caller(request: Record, caller: RequestContext) -> Record:
            return answer(request, caller_of(caller.access_key_id))

        return answer_caller

    def check_place(self) -> None:
        """Refuse to work in another account."""
        if get_account_id() != self._account:
            raise OperationNotModelledError(
                f"The rehearsal has Service Catalog in account {self._account} only, not in "
                f"{get_account_id()}."
            )

    def get_state(self) -> dict[str, Any]:
        """Everything, projects included."""
        return self.store.snapshot()

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave."""
        self.store.restore(data)
