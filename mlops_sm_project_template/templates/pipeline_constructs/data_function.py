"""What a project's stack asks of the registration's function for data, keys and endpoints."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import CustomResource, Duration
from constructs import Construct

from mlops_sm_project_template.config import arns, names

# Three tries of the function, should its process die, with the pauses between them.
_TIMEOUT_SECONDS = 3600


def ask_data_function(
    scope: Construct, id_: str, *, resource_type: str, properties: Mapping[str, Any]
) -> CustomResource:
    """Ask at creation, at deletion, and whenever one of the properties changes."""
    return CustomResource(
        scope,
        id_,
        resource_type=resource_type,
        service_token=arns.regional("lambda", f"function:{names.DATA_FUNCTION}"),
        service_timeout=Duration.seconds(_TIMEOUT_SECONDS),
        properties=properties,
    )
