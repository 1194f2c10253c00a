"""Requests of SageMaker and of Service Catalog do not wait for each other for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rehearsal.tests.catalog.shop import Shop

WORKERS, TURNS = 4, 15


def test_projects_are_made_while_launches_are_looked_at(shop: Shop) -> None:
    artifact = shop.catalog().describe_product(Id=shop.product_id)["ProvisioningArtifacts"][0]
    details = {
        "ProductId": shop.product_id,
        "ProvisioningArtifactId": artifact["Id"],
        "ProvisioningParameters": [{"Key": "Owner", "Value": "ann"}],
    }

    def make(worker: int) -> None:
        sagemaker = shop.sagemaker()
        for turn in range(TURNS):
            sagemaker.create_project(
                ProjectName=f"beside-{worker}-{turn}", ServiceCatalogProvisioningDetails=details
            )

    def look(_worker: int) -> None:
        catalog = shop.catalog()
        for _turn in range(TURNS * 4):
            catalog.search_provisioned_products()

    works: list[Callable[[int], None]] = [make, look]
    threads = [
        threading.Thread(target=work, args=(worker,), daemon=True)
        for worker in range(WORKERS)
        for work in works
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    found = shop.catalog().search_provisioned_products()["ProvisionedProducts"]
    assert sum(item["Name"].startswith("beside-") for item in found) == WORKERS * TURNS
