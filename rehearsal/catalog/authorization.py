"""Which resource a Service Catalog call is about, so that policies which name ARNs hold.

MiniStack knows no resources of Service Catalog and would judge every call on `*`.
Source: service authorization reference, "Actions, resources, and condition keys for AWS Service
Catalog".
"""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions

from rehearsal.catalog.resources import portfolio_arn, product_arn
from rehearsal.catalog.wire import SERVICE

_ABOUT_PRODUCTS = (
    "DescribeProduct",
    "DescribeProductAsAdmin",
    "ListLaunchPaths",
    "ListProvisioningArtifacts",
    "ProvisionProduct",
    "UpdateProvisionedProduct",
)


def resource_arn(operation: str, request: dict[str, Any], account: str, region: str) -> str:
    """ARN that a call is judged on; `*` for calls that AWS judges on no resource."""
    if operation in _ABOUT_PRODUCTS:
        product_id = request.get("ProductId") or request.get("Id")
        return product_arn(account, region, product_id) if product_id else "*"
    if operation == "ListPrincipalsForPortfolio":
        return portfolio_arn(account, region, str(request.get("PortfolioId", "")))
    return "*"


def judge_calls_by_resource() -> None:
    """Make MiniStack judge calls by the ARNs that they are about."""
    original = iam_actions.extract_resource_arn

    def extract_resource_arn(
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query: dict[str, Any],
        region: str,
        account: str,
    ) -> Any:
        if service != SERVICE:
            return original(service, method, path, headers, body, query, region, account)
        operation = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return "*"
        if not isinstance(request, dict):
            return "*"
        return resource_arn(operation, request, account, region)

    iam_actions.extract_resource_arn = extract_resource_arn
