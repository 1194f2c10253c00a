"""Which resource a Service Catalog call is about, so that policies which name ARNs hold.

Source: service authorization reference, "Actions, resources, and condition keys for AWS Service
Catalog".
"""

from __future__ import annotations

from typing import Any

from rehearsal.aws.catalog.resources import portfolio_arn, product_arn

_ABOUT_PRODUCTS = (
    "CreateProvisioningArtifact",
    "DeleteProduct",
    "DeleteProvisioningArtifact",
    "DescribeProduct",
    "DescribeProductAsAdmin",
    "DescribeProvisioningArtifact",
    "ListLaunchPaths",
    "ListProvisioningArtifacts",
    "ProvisionProduct",
    "UpdateProduct",
    "UpdateProvisionedProduct",
    "UpdateProvisioningArtifact",
)
_ABOUT_NEW_PRODUCTS = "CreateProduct"


def resource_arn(operation: str, request: dict[str, Any], account: str, region: str) -> str:
    """ARN that a call is judged on; `*` for calls that AWS judges on no resource."""
    if operation in _ABOUT_PRODUCTS:
        product_id = request.get("ProductId") or request.get("Id")
        return product_arn(account, region, product_id) if product_id else "*"
    if operation == _ABOUT_NEW_PRODUCTS:
        return product_arn(account, region, "new")
    if operation == "ListPrincipalsForPortfolio":
        return portfolio_arn(account, region, str(request.get("PortfolioId", "")))
    return "*"
