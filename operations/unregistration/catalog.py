"""The template's products in Service Catalog, and who uses them."""

from typing import Any

from operations.unregistration.setting import DISTRIBUTOR


def find_products(catalog: Any) -> dict[str, str]:
    """Names of the template's products by their ids, whichever registration made them."""
    pages = catalog.get_paginator("search_products_as_admin").paginate(ProductSource="ACCOUNT")
    products = [view["ProductViewSummary"] for page in pages for view in page["ProductViewDetails"]]
    return {
        product["ProductId"]: product["Name"]
        for product in products
        if f"{product.get('Distributor')}/".startswith(f"{DISTRIBUTOR}/")
    }


def find_projects(catalog: Any) -> list[str]:
    """Names of what is launched of them by anybody; SageMaker's end in the project's id."""
    products = find_products(catalog)
    everybodys = {"Key": "Account", "Value": "self"}
    pages = catalog.get_paginator("scan_provisioned_products")
    return sorted(
        launched["Name"]
        for page in pages.paginate(AccessLevelFilter=everybodys)
        for launched in page["ProvisionedProducts"]
        if launched.get("ProductId") in products
    )
