"""What the template of a stage's stack says of its endpoint, and how it is changed to go back."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from deploy_endpoint.errors import EndpointError
from deploy_endpoint.settings.serving_settings import Serverless
from deploy_endpoint.settings.stage_settings import STAGES_FILE, StageSettings


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
