"""Lambda functions: their interpreter, environment, identity and checks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.emulator.corrections.lambda_functions.lambda_runtime import runtime_problem
from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import IMAGES, LocalAws

_REPORT = """
import importlib.util, os, sys
import boto3
def handle(event, context):
    return {
        "python": sys.executable,
        "environment": sorted(os.environ),
        "foreign": [n for n in ("ministack", "rehearsal", "aws_cdk", "jwt")
                    if importlib.util.find_spec(n)],
        "arn": boto3.client("sts").get_caller_identity()["Arn"],
    }
"""


@pytest.fixture(scope="module")
def report(aws: LocalAws) -> dict[str, Any]:
    properties = {"FunctionName": "reporter", "Environment": {"Variables": {"OWN": "1"}}}
    resources = {"Role": role(), "Function": function(_REPORT, **properties)}
    assert aws.stack("reporter", resources)["StackStatus"] == "CREATE_COMPLETE"
    answer = aws.client("lambda").invoke(FunctionName="reporter")
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return result


def test_it_runs_on_the_runtimes_interpreter(report: dict[str, Any]) -> None:
    assert report["python"] == str(IMAGES / "lambda-python" / "bin" / "python")
    assert report["foreign"] == []


def test_it_sees_nothing_of_the_server(report: dict[str, Any]) -> None:
    names = set(report["environment"])
    assert "OWN" in names
    assert not [n for n in names if n.startswith(("MINISTACK", "S3_", "STATE_", "AUTH"))]
    assert not {"GATEWAY_PORT", "PERSIST_STATE", "LAMBDA_EXECUTOR", "PYTHONPATH"} & names


def test_it_acts_as_its_role(report: dict[str, Any]) -> None:
    assert ":assumed-role/reporter-Role" in report["arn"]


def test_a_role_that_lambda_cannot_assume_fails_the_function(aws: LocalAws) -> None:
    other = role()
    statement = other["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    statement["Principal"]["Service"] = "ec2.amazonaws.com"
    aws.stack("foreign-role", {"Role": other, "Function": function(_REPORT)})
    assert "cannot be assumed by Lambda" in aws.failures("foreign-role")["Function"]


def test_missing_code_fails_the_function(aws: LocalAws) -> None:
    code = {"S3Bucket": "nowhere", "S3Key": "code.zip"}
    aws.stack("no-code", {"Role": role(), "Function": function("", Code=code)})
    assert "NoSuchKey" in aws.failures("no-code")["Function"]


@pytest.mark.parametrize("runtime", ["python3.8", "python3.10", "nodejs22.x", "python4"])
def test_runtimes_that_cannot_run_are_refused(aws: LocalAws, runtime: str) -> None:
    name = f"old-{runtime.replace('.', '-')}"
    aws.stack(name, {"Role": role(), "Function": function(_REPORT, Runtime=runtime)})
    assert runtime in aws.failures(name)["Function"]


def test_the_api_refuses_them_too(aws: LocalAws, report: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="no longer supported"):
        aws.client("lambda").update_function_configuration(
            FunctionName="reporter", Runtime="python3.9"
        )


def test_current_runtimes_have_no_problem() -> None:
    assert [runtime_problem(f"python3.{minor}") for minor in (11, 12, 13, 14)] == [""] * 4
