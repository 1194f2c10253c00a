"""Lambda entry: `Custom::ProjectData`, which acts on Delete only."""

import hashlib
from typing import Any

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import RESERVE_SECONDS, Outcome, PhysicalId, respond
from invocation.deadline import LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from project_data.errors import DataError
from project_data.request import parse_data
from project_data.retained_data import Services, remove_data

_EXPECTED = (PropertyError, DataError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=RESERVE_SECONDS)
    properties = event.get("ResourceProperties", {})
    data_id = f"project-data:{properties.get('BucketName')}"

    def work(physical_id: PhysicalId) -> Outcome:
        if event["RequestType"] == "Delete" and not physical_id.value.startswith("project-data:"):
            return Outcome(reason="Nothing had been made.")
        request = parse_data(properties)
        if event["RequestType"] != "Delete":
            physical_id.value = data_id
            return Outcome()
        services = Services(
            s3=tools.aws("s3"), sagemaker=tools.aws("sagemaker"), kms=tools.aws("kms")
        )
        token = hashlib.sha256(str(event["RequestId"]).encode()).hexdigest()
        return Outcome(reason=remove_data(request, services, token=token, deadline=deadline))

    respond(
        event,
        context,
        work,
        first_id=data_id,
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )
