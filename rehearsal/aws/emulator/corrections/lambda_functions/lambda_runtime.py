"""Lambda functions run on the runtime's own interpreter, and AWS's checks of a function hold.

MiniStack runs functions on its own interpreter, in its own environment, whatever runtime they
declare. Here they run on the interpreter that stands for the Lambda runtime (boto3 and nothing
else of ours), see no variable of the server, and a declaration that AWS refuses is refused.
Source of the runtimes: Lambda developer guide, "Lambda runtimes" and "Runtime deprecation policy".
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers
from rehearsal.aws.emulator.environment import ministack_variables
from rehearsal.aws.emulator.iam.service_trust import service_may_assume
from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.emulator.wrapping import wrap

_TYPE = "AWS::Lambda::Function"
_LAMBDA = "lambda.amazonaws.com"
_SET_BY_LAMBDA = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
RUNTIMES = ("python3.11", "python3.12", "python3.13", "python3.14")
DEPRECATED_RUNTIMES = ("python3.6", "python3.7", "python3.8", "python3.9", "python3.10")


def apply(settings: ServerSettings) -> None:
    """Correct the interpreter, the API and the CloudFormation handlers."""
    _use_runtime_interpreter(settings)
    wrap(_refuse_or_answer, "_create_function", lambda_svc)
    wrap(_refuse_or_answer, "_update_config", lambda_svc)
    resource_handlers.check_first(_TYPE, _check_properties)


def runtime_problem(runtime: str) -> str:
    """What is wrong with a runtime; empty when functions of that runtime can run here."""
    if runtime in RUNTIMES:
        return ""
    if runtime in DEPRECATED_RUNTIMES:
        return (
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            f"AWS Lambda functions. We recommend you use a supported runtime ({RUNTIMES[-2]}) "
            "while creating or updating functions."
        )
    return (
        f"Value {runtime} at 'runtime' failed to satisfy constraint: this server runs "
        f"{', '.join(RUNTIMES)}; use one of them."
    )


def _use_runtime_interpreter(settings: ServerSettings) -> None:
    # The worker inherits the server's environment: its first lines drop what is the server's.
    hidden = sorted(ministack_variables(settings).keys() - _SET_BY_LAMBDA)
    preamble = f"import os\nfor _name in {hidden!r}:\n    os.environ.pop(_name, None)\ndel _name\n"

    def detect_runtime(detect: Any, runtime: str) -> tuple[str, str]:
        _binary, script = detect(runtime)
        return str(settings.lambda_python), preamble + script

    wrap(detect_runtime, "_detect_runtime_binary", lambda_runtime)


def _refuse_or_answer(answer: Any, *arguments: Any) -> Any:
    return _request_problem(arguments[-1]) or answer(*arguments)


def _request_problem(data: dict[str, Any]) -> Any:
    problem = runtime_problem(data["Runtime"]) if "Runtime" in data else ""
    problem = problem or (_role_problem(data["Role"]) if "Role" in data else "")
    return error_response_json("InvalidParameterValueException", problem, 400) if problem else None


def _role_problem(role_arn: str) -> str:
    if service_may_assume(role_arn, _LAMBDA):
        return ""
    return "The role defined for the function cannot be assumed by Lambda."


def _check_properties(props: dict[str, Any]) -> None:
    problem = runtime_problem(props.get("Runtime", "")) or _role_problem(props.get("Role", ""))
    if problem:
        raise ValueError(problem)
    code = props.get("Code", {})
    bucket, key = code.get("S3Bucket"), code.get("S3Key")
    if bucket and lambda_svc._fetch_code_from_s3(bucket, key) is None:
        raise ValueError(
            f"Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: "
            f"The specified key does not exist: s3://{bucket}/{key}"
        )
