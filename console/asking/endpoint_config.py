"""Endpoint configurations: instances, and the version of the model in each."""

from collections.abc import Mapping
from typing import Any

from console.asking.account import Account
from console.asking.gaps import PageGaps
from console.words.versions import number_of


def describe_config(account: Account, name: str, gaps: PageGaps) -> Mapping[str, Any] | None:
    """What DescribeEndpointConfig says; None if it is not there, or may not be read."""
    sagemaker = account.client("sagemaker")
    return account.recent.get(
        ("endpoint configuration", name),
        lambda: gaps.ask(
            "Instances of the endpoint",
            "sagemaker",
            lambda: sagemaker.describe_endpoint_config(EndpointConfigName=name),
            None,
        ),
    )


def version_in(account: Account, config: Mapping[str, Any] | None, gaps: PageGaps) -> str:
    """The number of the version in a described configuration; empty if that is not told."""
    variant: Mapping[str, Any] = next(iter((config or {}).get("ProductionVariants") or ()), {})
    name = variant.get("ModelName")
    if not name:
        return ""
    sagemaker = account.client("sagemaker")
    model = account.recent.get(
        ("model", name),
        lambda: gaps.ask(
            "Versions in the endpoint",
            "sagemaker",
            lambda: sagemaker.describe_model(ModelName=name),
            None,
        ),
    )
    return _version_of(model or {})


def _version_of(model: Mapping[str, Any]) -> str:
    containers = [model.get("PrimaryContainer") or {}, *(model.get("Containers") or ())]
    arns = (container.get("ModelPackageName", "") for container in containers)
    return next(filter(None, map(number_of, arns)), "")
