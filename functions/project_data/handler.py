"""Lambda entry: `Custom::ProjectData` and `Custom::ProjectEndpoints`, which act on Delete only."""

import hashlib
from typing import Any

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import RESERVE_SECONDS, Outcome, PhysicalId, respond
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_data.endpoints import remove_endpoints
from project_data.errors import DataError
from project_data.request import parse_data, parse_endpoints
from project_data.retained_data import Services, remove_data

_ENDPOINTS = "Custom::ProjectEndpoints"
_EXPECTED = (PropertyError, DataError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=RESERVE_SECONDS)
    properties = event.get("ResourceProperties", {})
    of_endpoints = event.get("ResourceType") == _ENDPOINTS
    if of_endpoints:
        own_id = f"project-endpoints:{properties.get('ProjectId')}"
    else:
        own_id = f"project-data:{properties.get('BucketName')}"

    def work(physical_id: PhysicalId) -> Outcome:
        prefix = own_id.split(":", 1)[0]
        if event["RequestType"] == "Delete" and not physical_id.value.startswith(f"{prefix}:"):
            return Outcome(reason="Nothing had been made.")
        remove = _remove_endpoints if of_endpoints else _remove_data
        if event["RequestType"] != "Delete":
            (parse_endpoints if of_endpoints else parse_data)(properties)
            physical_id.value = own_id
            return Outcome()
        return Outcome(reason=remove(event, tools, deadline))

    respond(
        event,
        context,
        work,
        first_id=own_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )


def _remove_endpoints(event: dict[str, Any], tools: Toolbox, deadline: Deadline) -> str:
    request = parse_endpoints(event["ResourceProperties"])
    return remove_endpoints(tools.aws("cloudformation"), request.stack_names, deadline)


def _remove_data(event: dict[str, Any], tools: Toolbox, deadline: Deadline) -> str:
    request = parse_data(event["ResourceProperties"])
    services = Services(s3=tools.aws("s3"), sagemaker=tools.aws("sagemaker"), kms=tools.aws("kms"))
    token = hashlib.sha256(str(event["RequestId"]).encode()).hexdigest()
    return remove_data(request, services, token=token, deadline=deadline)
