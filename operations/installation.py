"""Where the template's parts are in this account and region, read from its stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.errors import OutputMissingError, StackMissingError
from operations.stacks import find_stack

STACK = "MLOpsServiceCatalog"
DISPATCH_FUNCTION = "mlops-sm-project-dispatch"
# Output of the stack -> what its queue holds.
QUEUES = {
    "DispatchFailuresQueueUrl": "events that the dispatch function failed on",
    "UndeliveredQueueUrl": "events that EventBridge could not deliver",
}
# End of the names of the outputs that tell ids of products.
_PRODUCT = "ProductId"


@dataclass(frozen=True)
class Installation:
    """The dispatch function, and what each queue holds by its address."""

    dispatch_function: str
    queues: Mapping[str, str]


def find_installation(cloudformation: Any) -> Installation:
    """Read the stack's outputs.

    Raises:
        StackMissingError: no such stack; choose another account or region.
        OutputMissingError: the stack is of an earlier version.
    """
    outputs = _outputs(cloudformation)
    for name in QUEUES:
        if name not in outputs:
            raise OutputMissingError(STACK, name)
    return Installation(DISPATCH_FUNCTION, {outputs[name]: QUEUES[name] for name in QUEUES})


def find_products(cloudformation: Any) -> list[str]:
    """Read the ids of the products in Service Catalog from the stack's outputs.

    Raises:
        StackMissingError: no such stack; choose another account or region.
    """
    outputs = _outputs(cloudformation)
    return [value for name, value in outputs.items() if name.endswith(_PRODUCT)]


def _outputs(cloudformation: Any) -> dict[str, str]:
    stack = find_stack(cloudformation, STACK)
    if stack is None:
        raise StackMissingError(STACK, cloudformation.meta.region_name)
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
