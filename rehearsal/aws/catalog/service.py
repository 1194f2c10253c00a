"""Service Catalog as a service of the local AWS: its parts put together, its state kept."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from ministack.core.responses import get_account_id
from ministack.core.router import extract_access_key_id

from rehearsal.aws.catalog import stacks, wire
from rehearsal.aws.catalog.administration import Administration
from rehearsal.aws.catalog.authoring import Authoring
from rehearsal.aws.catalog.authorization import resource_arn
from rehearsal.aws.catalog.browsing import Browsing
from rehearsal.aws.catalog.callers import Caller, caller_of
from rehearsal.aws.catalog.errors import OperationNotModelledError
from rehearsal.aws.catalog.launches import Launches
from rehearsal.aws.catalog.provisioning import Provisioning
from rehearsal.aws.catalog.resource_types import ResourceTypes
from rehearsal.aws.catalog.resources import Store
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.catalog.versions import Versions
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.iam.judged_resources import judge_calls_by_resource, tell_condition_keys


class CatalogService:
    """What MiniStack calls; see `rehearsal.aws.emulator.extensions.ServiceModule`."""

    def __init__(self) -> None:
        """Starts with an empty store, in no account yet."""
        self._account = ""
        self.store = Store()
        self.selection = Selection(self.store)
        self.provisioning = Provisioning(self.store, self.selection, time.time)
        versions = Versions(self.store, time.time)
        self._administration = Administration(self.store, time.time, versions)
        authoring = Authoring(self._administration, versions)
        browsing = Browsing(self.store, self.selection)
        self._launches = launches = Launches(self.store, self.selection, self.provisioning)
        self._operations: dict[str, wire.Operation] = {
            "CreateProduct": authoring.create_product,
            "CreateProvisioningArtifact": authoring.create_artifact,
            "DeleteProduct": authoring.delete_product,
            "DeleteProvisioningArtifact": authoring.delete_artifact,
            "DescribeProduct": browsing.describe_product,
            "DescribeProductAsAdmin": browsing.describe_product_as_admin,
            "DescribeProvisionedProduct": launches.describe_provisioned,
            "DescribeProvisioningArtifact": authoring.describe_artifact,
            "DescribeProvisioningParameters": browsing.describe_parameters,
            "DescribeRecord": launches.describe_record,
            "ListLaunchPaths": browsing.list_launch_paths,
            "ListPortfolios": browsing.list_portfolios,
            "ListPrincipalsForPortfolio": browsing.list_principals,
            "ListProvisioningArtifacts": browsing.list_artifacts,
            "ProvisionProduct": launches.provision,
            "ScanProvisionedProducts": launches.scan,
            "SearchProducts": browsing.search_products,
            "SearchProductsAsAdmin": browsing.search_products_as_admin,
            "SearchProvisionedProducts": launches.search,
            "TerminateProvisionedProduct": launches.terminate,
            "UpdateProduct": authoring.update_product,
            "UpdateProvisionedProduct": launches.update,
            "UpdateProvisioningArtifact": authoring.update_artifact,
        }

    def add_to(self, registry: Extensions, account: str) -> None:
        """Register the service and its CloudFormation types, which work in one account."""
        self._account = account
        judge_calls_by_resource(wire.SERVICE, resource_arn)
        tell_condition_keys(wire.SERVICE, self._launches.condition_keys)
        stacks.serve_templates(self.selection.template_of)
        ResourceTypes(self._administration, self._check_account).add_to(registry)
        registry.add_service(
            wire.SERVICE,
            self,
            target_prefixes=[wire.TARGET_PREFIX],
            host_patterns=[r"servicecatalog\."],
        )

    async def handle_request(
        self,
        _method: str,
        _path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> wire.Response:
        """Answer one request."""
        access_key = extract_access_key_id(headers, query_params)
        # On a thread: a launch holds the lock of all launches while it waits for the event loop.
        return await asyncio.to_thread(
            wire.answer, self._operations, headers, body, lambda: self._caller(access_key)
        )

    def _caller(self, access_key: str) -> Caller:
        self._check_account()
        return caller_of(access_key)

    def _check_account(self) -> None:
        if get_account_id() != self._account:
            raise OperationNotModelledError(
                f"The rehearsal has Service Catalog in account {self._account} only, not in "
                f"{get_account_id()}."
            )

    def get_state(self) -> dict[str, Any]:
        """Everything, projects included."""
        return self.store.to_state()

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave."""
        self.store.load(data)

    def reset(self) -> None:
        """Forget everything."""
        self.store.clear()


# The one catalog of this process: SageMaker's projects and the API work on the same store.
CATALOG = CatalogService()
