"""Lambda entry: what removes data and endpoints on Delete, and what says which key it is.

At an update the data look whether stages that serve would go, since all roles depend on them.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import PropertyError, text
from cloudformation_response.response import Outcome, PhysicalId, reserve_seconds, respond
from cloudformation_response.stages import parse_places
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_data.encryption_key import (
    OWN,
    SHARED,
    FoundKey,
    Registered,
    choose_key,
    find_key,
)
from project_data.endpoints import remove_endpoints
from project_data.errors import DataError, KeyRefusedError
from project_data.kept_stages import Change, Witnesses, check_stages
from project_data.request import keeps_key, parse_data, parse_endpoints, parse_key
from project_data.retained_data import Services, remove_data

Settled = tuple[dict[str, str], str]
_KEY_PREFIX = "project-key:"
_KEY_ID = re.compile(rf"{_KEY_PREFIX}(?P<kind>{SHARED}|{OWN}):(?P<arn>.*)")
_EXPECTED = (PropertyError, DataError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=reserve_seconds(context))
    tools = tools.outlasting(deadline)
    properties = event.get("ResourceProperties", {})
    resource = _OTHERS.get(str(event.get("ResourceType")), _DATA)
    own_id = f"{resource.id_prefix}{properties.get(resource.id_property)}"

    def work(physical_id: PhysicalId) -> Outcome:
        if event["RequestType"] == "Delete":
            if not physical_id.value.startswith(resource.id_prefix):
                return Outcome(reason="Nothing had been made.")
            return Outcome(reason=resource.remove(event, tools, deadline))
        attributes, id_ = resource.settle(event, tools)
        physical_id.value = id_ or own_id
        return Outcome(attributes)

    respond(
        event,
        context,
        work,
        first_id=own_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )


def _settle_data(event: dict[str, Any], tools: Toolbox) -> Settled:
    request = parse_data(event["ResourceProperties"])
    if not keeps_key(event.get("OldResourceProperties") or {}, event["ResourceProperties"]):
        raise KeyRefusedError(
            f"The objects of {request.bucket_name} lie under the key that projects share, which "
            "the project keeps: register the template with KMS_KEY again"
        )
    if event["RequestType"] == "Update":
        _look_at_stages(event, tools)
    return {}, ""


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
    check_stages(change, Witnesses(tools.aws("cloudformation"), tools.aws("dynamodb"), table))


def _remove_data(event: dict[str, Any], tools: Toolbox, deadline: Deadline) -> str:
    request = parse_data(event["ResourceProperties"])
    services = Services(s3=tools.aws("s3"), sagemaker=tools.aws("sagemaker"), kms=tools.aws("kms"))
    token = hashlib.sha256(str(event["RequestId"]).encode()).hexdigest()
    return remove_data(request, services, token=token, deadline=deadline)


def _settle_endpoints(event: dict[str, Any], _tools: Toolbox) -> Settled:
    parse_endpoints(event["ResourceProperties"])
    return {}, ""


def _remove_endpoints(event: dict[str, Any], tools: Toolbox, deadline: Deadline) -> str:
    stack_names = parse_endpoints(event["ResourceProperties"])
    return remove_endpoints(tools.aws("cloudformation"), stack_names, deadline)


def _settle_key(event: dict[str, Any], tools: Toolbox) -> Settled:
    """Answer with the key, and with an id that tells it: the next update looks nowhere else."""
    request = parse_key(event["ResourceProperties"])
    told = _KEY_ID.fullmatch(str(event.get("PhysicalResourceId", "")))
    has = (
        FoundKey(**told.groupdict())
        if told
        else find_key(request.bucket_name, tools.aws("s3"), tools.aws("kms"))
    )
    registered = Registered(
        tools.environment.get("KMS_KEY", ""), tools.environment.get("KMS_KEY_ARN", "")
    )
    key = choose_key(request, registered, has)
    return {"KeyArn": key.arn}, f"{_KEY_PREFIX}{key.kind}:{key.arn}"


def _remove_no_key(_event: dict[str, Any], _tools: Toolbox, _deadline: Deadline) -> str:
    return "The key is left to what looks after the data."


@dataclass(frozen=True)
class _Resource:
    """What tells one custom resource from the others.

    `settle` refuses bad properties, and gives attributes and a physical id, empty for the usual.
    """

    id_prefix: str
    id_property: str
    settle: Callable[[dict[str, Any], Toolbox], Settled]
    remove: Callable[[dict[str, Any], Toolbox, Deadline], str]


_DATA = _Resource("project-data:", "BucketName", _settle_data, _remove_data)
_OTHERS = {
    "Custom::ProjectEndpoints": _Resource(
        "project-endpoints:", "ProjectId", _settle_endpoints, _remove_endpoints
    ),
    "Custom::ProjectKey": _Resource(_KEY_PREFIX, "BucketName", _settle_key, _remove_no_key),
}
