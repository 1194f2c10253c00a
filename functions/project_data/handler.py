"""Lambda entry: `Custom::ProjectData` and `Custom::ProjectEndpoints`, which act on Delete only.

At an update the first one looks at the stages, since all roles depend on it.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import PropertyError, text
from cloudformation_response.response import Outcome, PhysicalId, reserve_seconds, respond
from cloudformation_response.stages import parse_places
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_data.endpoints import remove_endpoints
from project_data.errors import DataError
from project_data.kept_stages import Change, Witnesses, check_stages
from project_data.request import parse_data, parse_endpoints
from project_data.retained_data import Services, remove_data

_EXPECTED = (PropertyError, DataError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=reserve_seconds(context))
    tools = tools.outlasting(deadline)
    properties = event.get("ResourceProperties", {})
    resource = _ENDPOINTS if event.get("ResourceType") == _ENDPOINTS.type_name else _DATA
    own_id = f"{resource.id_prefix}{properties.get(resource.id_property)}"

    def work(physical_id: PhysicalId) -> Outcome:
        if event["RequestType"] == "Delete":
            if not physical_id.value.startswith(resource.id_prefix):
                return Outcome(reason="Nothing had been made.")
            return Outcome(reason=resource.remove(event, tools, deadline))
        resource.parse(properties)
        if event["RequestType"] == "Update":
            resource.look(event, tools)
        physical_id.value = own_id
        return Outcome()

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
    stack_names = parse_endpoints(event["ResourceProperties"])
    return remove_endpoints(tools.aws("cloudformation"), stack_names, deadline)


def _look_at_stages(event: dict[str, Any], tools: Toolbox) -> None:
    properties, previous = event["ResourceProperties"], event["OldResourceProperties"]
    before, wanted = parse_places(previous), parse_places(properties)
    if before == wanted:
        return
    # A version of the template from before names no stages, and no project.
    known = {**previous, **properties}
    change = Change(
        project_id=text(known, "ProjectId"),
        group=text(known, "ModelPackageGroupName"),
        stack_id=event["StackId"],
        before=before,
        wanted=wanted,
    )
    table = tools.environment["APPROVAL_TABLE"]
    check_stages(
        change, lambda: Witnesses(tools.aws("cloudformation"), tools.aws("dynamodb"), table)
    )


def _look_at_nothing(_event: dict[str, Any], _tools: Toolbox) -> None:
    """The endpoints' roles have changed already."""


def _remove_data(event: dict[str, Any], tools: Toolbox, deadline: Deadline) -> str:
    request = parse_data(event["ResourceProperties"])
    services = Services(s3=tools.aws("s3"), sagemaker=tools.aws("sagemaker"), kms=tools.aws("kms"))
    token = hashlib.sha256(str(event["RequestId"]).encode()).hexdigest()
    return remove_data(request, services, token=token, deadline=deadline)


@dataclass(frozen=True)
class _Resource:
    """What tells one custom resource from the other.

    `parse` refuses bad properties, and `look` an update.
    """

    type_name: str
    id_prefix: str
    id_property: str
    parse: Callable[[Mapping[str, Any]], object]
    look: Callable[[dict[str, Any], Toolbox], None]
    remove: Callable[[dict[str, Any], Toolbox, Deadline], str]


_DATA = _Resource(
    "Custom::ProjectData",
    "project-data:",
    "BucketName",
    parse_data,
    _look_at_stages,
    _remove_data,
)
_ENDPOINTS = _Resource(
    "Custom::ProjectEndpoints",
    "project-endpoints:",
    "ProjectId",
    parse_endpoints,
    _look_at_nothing,
    _remove_endpoints,
)
