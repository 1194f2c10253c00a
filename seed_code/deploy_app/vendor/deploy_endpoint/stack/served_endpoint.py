"""What an endpoint really serves, by itself and by its template, and how that changes to go back.

Its status alone does not tell: SageMaker takes a deployment back by itself when an alarm goes off
or the new instances do not start. The endpoint is InService then too, with its old configuration
and perhaps without a reason.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from botocore.exceptions import ClientError

from deploy_endpoint.errors import EndpointError, aws_errors_explained
from deploy_endpoint.settings.serving_settings import Serverless
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import STAGES_FILE

# Outputs of a stage's stack.
CONFIG_OUTPUT = "EndpointConfigName"
VERSION_OUTPUT = "ModelPackageArn"
MODEL_PACKAGE_TAG = "mlops:model-package-arn"  # of each of its resources
_POLL_SECONDS = 5.0
_IN_PROGRESS = {"Creating", "Updating", "SystemUpdating", "RollingBack"}
_WITHOUT_SERVING = {"Creating", "Deleting", "Failed", "OutOfService"}


def wait_until_serves(
    sagemaker: Any,
    endpoint_name: str,
    config_name: str,
    *,
    timeout_seconds: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when the endpoint is InService with a configuration.

    Raises:
        EndpointError: it failed, is going away, is not ready in time, or has another configuration.
    """
    deadline = clock() + timeout_seconds
    while True:
        with aws_errors_explained(f"describe endpoint {endpoint_name}"):
            endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_name)
        status, reason = endpoint["EndpointStatus"], _reason(endpoint)
        if status == "InService":
            break
        if status not in _IN_PROGRESS:
            raise EndpointError(
                f"Endpoint {endpoint_name} is {status} ({reason}); see its logs in CloudWatch "
                "and deploy again."
            )
        if clock() >= deadline:
            raise EndpointError(
                f"Endpoint {endpoint_name} is still {status} after {timeout_seconds:g} s; "
                "see its logs in CloudWatch or allow more with --timeout-seconds."
            )
        sleep(_POLL_SECONDS)
    found = endpoint["EndpointConfigName"]
    if found != config_name:
        raise EndpointError(
            f"Endpoint {endpoint_name} serves {found} and not {config_name}, since SageMaker took "
            f"the deployment back ({reason}); see its alarms and its logs in CloudWatch and deploy "
            "again."
        )


def served_version(sagemaker: Any, endpoint_name: str, *known: Mapping[str, str]) -> str | None:
    """ARN of the version that the endpoint serves; empty if none, None if that cannot be told.

    It is told by the outputs of the stage's stack, now and before, that name its configuration;
    while a deployment ends none may.
    """
    with aws_errors_explained(f"describe endpoint {endpoint_name}"):
        try:
            endpoint = sagemaker.describe_endpoint(EndpointName=endpoint_name)
        except ClientError as error:
            if "could not find" not in str(error).lower():
                raise
            return ""
    if endpoint["EndpointStatus"] in _WITHOUT_SERVING:
        return ""
    config = endpoint["EndpointConfigName"]
    found = (outputs for outputs in known if outputs.get(CONFIG_OUTPUT) == config)
    return next((outputs[VERSION_OUTPUT] for outputs in found), None)


def _reason(endpoint: Mapping[str, Any]) -> str:
    return str(endpoint.get("FailureReason") or "no reason given").rstrip(".")


def parse(template: str) -> dict[str, Any]:
    """Read a template as CloudFormation gives it: `cdk` writes YAML, of which JSON is a part."""
    parsed: dict[str, Any] = yaml.safe_load(template)
    return parsed


def all_at_once(template: str) -> str:
    """A template whose endpoint takes its configuration without a canary, steps or alarms.

    Who goes back knows what serves well, and instances that fail should not serve any longer.
    """
    body = parse(template)
    for resource in _resources(body, "AWS::SageMaker::Endpoint"):
        resource["Properties"].pop("DeploymentConfig", None)
    return json.dumps(body)


def is_serverless(template: str) -> bool:
    """Tell whether a template's endpoint has no instances."""
    return any(
        "ServerlessConfig" in variant
        for config in _resources(parse(template), "AWS::SageMaker::EndpointConfig")
        for variant in config["Properties"]["ProductionVariants"]
    )


def tell_what_stays(template: str, stage: StageSettings) -> None:
    """Say what a deployment cannot take back, before it begins.

    SageMaker gives a serverless endpoint instances, and never takes them from one again:
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html

    Raises:
        EndpointError: SageMaker would refuse it.
    """
    was, becomes = is_serverless(template), isinstance(stage.serving, Serverless)
    if becomes and not was:
        raise EndpointError(
            f"Stage {stage.name} serves from instances, and SageMaker makes no such endpoint "
            "serverless; take it away with the workflow Remove endpoint and run this again, or "
            f"write mode: realtime in {STAGES_FILE.as_posix()}."
        )
    if was and not becomes:
        print(
            f"::warning::Stage {stage.name} goes from serverless to instances, which SageMaker "
            "does not take back: if its test fails, the endpoint is removed and made anew, and "
            "answers nothing meanwhile."
        )


def _resources(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    found: Mapping[str, dict[str, Any]] = template.get("Resources", {})
    return [resource for resource in found.values() if resource["Type"] == kind]
