"""Which model version each endpoint of an account serves, as SageMaker tells it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ServedModel:
    """An endpoint, its state, and the version behind it; None if the model has no version."""

    endpoint: str
    status: str
    model_package: str | None


def served_models(sagemaker: Any) -> list[ServedModel]:
    """List the endpoints of the account that the client works in, by name."""
    pages = sagemaker.get_paginator("list_endpoints").paginate(SortBy="Name", SortOrder="Ascending")
    found = [endpoint for page in pages for endpoint in page["Endpoints"]]
    return [
        ServedModel(
            endpoint["EndpointName"],
            endpoint["EndpointStatus"],
            _model_package(sagemaker, endpoint["EndpointName"]),
        )
        for endpoint in found
    ]


def _model_package(sagemaker: Any, endpoint: str) -> str | None:
    config = sagemaker.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    described = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    name = described["ProductionVariants"][0]["ModelName"]
    container = sagemaker.describe_model(ModelName=name).get("PrimaryContainer", {})
    package: str | None = container.get("ModelPackageName")
    return package
