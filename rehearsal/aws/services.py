"""The services that MiniStack does not have, put together and added to it."""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.aws.catalog.service import CatalogService
from rehearsal.aws.costs.budgets import add_budgets
from rehearsal.aws.costs.cost_explorer import CostExplorerService
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.projects.projects import Projects
from rehearsal.aws.quotas.service import QuotasService
from rehearsal.aws.sagemaker.service import SageMakerService
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.scaling.service import ScalingService
from rehearsal.aws.service_kit.operations import operations_of


def register(registry: Extensions, settings: ServerSettings) -> list[Callable[[], None]]:
    """Add our services.

    Returns:
        What to call at the end, so that no process of a service outlives the server.
    """
    catalog = CatalogService(settings.account)
    projects = Projects(catalog.store, catalog.selection, catalog.provisioning)
    sagemaker = SageMakerService(_of_sagemaker(settings), operations_of(projects))
    scaling, quotas = ScalingService(sagemaker.accounts), QuotasService(settings.quotas)
    costs = CostExplorerService(settings.account, sagemaker.accounts.tagged)
    for service in (catalog, sagemaker, scaling, quotas, costs):
        service.add_to(registry)
    add_budgets(registry)
    return [sagemaker.stop]


def _of_sagemaker(settings: ServerSettings) -> SageMakerSettings:
    return SageMakerSettings(
        state_dir=settings.state_dir,
        images_dir=settings.images_dir,
        endpoint_url=settings.endpoint_url,
        account=settings.account,
        other_accounts=settings.other_accounts,
        region=settings.region,
        root_secret=settings.root_secret,
        seconds_per_minute=settings.seconds_per_minute,
    )
