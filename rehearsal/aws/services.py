"""The services that MiniStack does not have, and where they are added."""

from __future__ import annotations

from collections.abc import Callable

from rehearsal.aws.catalog.service import CATALOG
from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.sagemaker import SageMakerSettings
from rehearsal.aws.sagemaker.service import register as register_sagemaker


def register(registry: Extensions, settings: ServerSettings) -> list[Callable[[], None]]:
    """Add our services.

    Returns:
        What to call at the end, so that no process of a service outlives the server.
    """
    CATALOG.add_to(registry, settings.account)
    stop_sagemaker = register_sagemaker(
        registry,
        SageMakerSettings(
            state_dir=settings.state_dir,
            images_dir=settings.images_dir,
            endpoint_url=settings.endpoint_url,
            account=settings.account,
            other_accounts=settings.other_accounts,
            region=settings.region,
            root_secret=settings.root_secret,
            seconds_per_minute=settings.seconds_per_minute,
        ),
    )
    return [stop_sagemaker]
