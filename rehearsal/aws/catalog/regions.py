"""Service Catalog is a region's: what is made in one is not seen in another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ministack.core.responses import get_region

from rehearsal.aws.catalog.resources import CatalogStore


class _StoresByRegion:
    """Answers as the store of the region for which the present work is done."""

    def __init__(self) -> None:
        self._stores: dict[str, CatalogStore] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of(get_region()), name)

    def snapshot(self) -> dict[str, Any]:
        """What each region remembers."""
        return {region: store.snapshot() for region, store in self._stores.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take in what `snapshot` gave."""
        for region, told in state.items():
            self._of(region).restore(told)

    def _of(self, region: str) -> CatalogStore:
        if region not in self._stores:
            # Two threads may both find none: what the first one put is the store of both.
            self._stores.setdefault(region, CatalogStore())
        return self._stores[region]


def store_of_present_region() -> CatalogStore:
    """A store that is another one in each region."""
    return cast(CatalogStore, _StoresByRegion())
