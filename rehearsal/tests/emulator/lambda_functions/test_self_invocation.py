"""A function that hands the rest of its work to itself, as with any other caller's permission."""

from __future__ import annotations

import json

import pytest

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws, allow, wait_for

_HANDS_OVER = """
import boto3, json
def handle(event, context):
    ssm, left = boto3.client("ssm"), event["left"]
    ssm.put_parameter(Name=f"/{context.function_name}/{left}", Value="x", Type="String")
    if left:
        boto3.client("lambda").invoke(
            FunctionName=context.function_name,
            InvocationType="Event",
            Payload=json.dumps({"left": left - 1}),
        )
"""


@pytest.mark.parametrize("may", [True, False])
def test_a_function_invokes_itself_if_its_role_may(aws: LocalAws, *, may: bool) -> None:
    name = f"hands-over-{may}".lower()
    itself = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name if may else 'another'}"
    resources = {
        "Role": role(allow("ssm:PutParameter"), allow("lambda:InvokeFunction", itself)),
        "Function": function(_HANDS_OVER, FunctionName=name),
    }
    assert aws.stack(name, resources)["StackStatus"] == "CREATE_COMPLETE"
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"left": 2}))

    def reached() -> list[str]:
        found = aws.client("ssm").get_parameters_by_path(Path=f"/{name}")["Parameters"]
        return [parameter["Name"] for parameter in found]

    if may:
        assert "FunctionError" not in answer
        wait_for(lambda: len(reached()) == 3, what="the last of three")
    else:
        assert (
            "is not authorized to perform: lambda:InvokeFunction"
            in answer["Payload"].read().decode()
        )
        assert reached() == [f"/{name}/2"]
