"""One stage, and which of its settings cannot stand together, each with its reason.

What SageMaker refuses or silently ignores is refused here, before anything is deployed:
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html, feature exclusions
https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-add-policy.html
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from deploy_endpoint.settings.serving_settings import (
    STRICT,
    AllAtOnce,
    Deployment,
    Realtime,
    Serverless,
    Serving,
)

NAME_PATTERN = "[a-z][a-z0-9]{0,19}"
_BURSTABLE = {"t2", "t3", "t3a", "t4g"}
_WITHOUT_GUARDRAILS = "inf1"
# The credentials of the deploy workflow last 60 minutes, and instances need time to start.
_LONGEST_BAKE_MINUTES = 30


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html
SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]


class DataCapture(BaseModel):
    """Which share of requests and answers is kept in the project's bucket."""

    model_config = STRICT

    sampling_percentage: int = Field(ge=1, le=100, description="a whole number from 1 to 100")


class StageSettings(BaseModel):
    """One stage: where it lies, what serves, how it changes and who lets a model in."""

    model_config = STRICT

    name: str = Field(
        pattern=f"^{NAME_PATTERN}$",
        description="one of the names in the project's parameter Stages, up to 20 lower-case "
        "letters and digits that begin with a letter",
    )
    approval: Literal["automatic", "environment", "registry"] = Field(
        description="automatic, environment or registry"
    )
    account: str | None = Field(
        default=None,
        pattern=r"^\d{12}$",
        description="the 12 digits of an AWS account in quotes, or leave it out",
    )
    region: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,}(-[a-z]+)+-\d$",
        description="the project's region, or leave it out",
    )
    subnets: tuple[SubnetId, ...] = Field(
        default=(),
        max_length=16,
        strict=False,  # YAML has lists
        description="up to 16 ids of subnets such as subnet-0123456789abcdef0, or leave it out",
    )
    security_groups: tuple[SecurityGroupId, ...] = Field(
        default=(),
        max_length=5,
        strict=False,
        description="up to 5 ids of security groups such as sg-0123456789abcdef0, or leave it out",
    )
    serving: Serving = Field(description="a mapping with mode serverless or realtime")
    deployment: Deployment = Field(
        default=AllAtOnce(policy="all_at_once"),
        description="a mapping with policy all_at_once, canary, linear or rolling, or leave it out",
    )
    data_capture: DataCapture | None = Field(
        default=None, description="a mapping with sampling_percentage, or leave it out"
    )

    @model_validator(mode="after")
    def _refuse__contradictions(self) -> "StageSettings":
        reason = next(_contradictions(self), None)
        if reason is not None:
            raise ValueError(reason)
        return self


def _contradictions(stage: StageSettings) -> Iterator[str]:
    """Yield one sentence, without its end, for each pair of settings that cannot be."""
    yield from _of_the_network(stage)
    yield from _of_the_deployment(stage)
    match stage.serving:
        case Serverless():
            yield from _of_serverless(stage)
        case Realtime():
            yield from _of_realtime(stage, stage.serving)


def of_the_first(stage: StageSettings) -> Iterator[str]:
    """Yield one sentence, without its end, for each setting that the first stage cannot have."""
    if stage.approval != "automatic":
        yield (
            f"approval is {stage.approval}, but the approval of the model is what starts "
            f"{stage.name}; "
            "write automatic"
        )
    if stage.account is not None:
        yield (
            f"account is {stage.account}, but {stage.name} lies in the project's account, where "
            "the model is; remove account"
        )


def _of_the_network(stage: StageSettings) -> Iterator[str]:
    if bool(stage.subnets) != bool(stage.security_groups):
        yield "subnets and security_groups belong together; name both, or neither"


def _of_the_deployment(stage: StageSettings) -> Iterator[str]:
    deployment = stage.deployment
    if (
        isinstance(deployment, AllAtOnce)
        and deployment.alarms is None
        and "bake_minutes" in deployment.model_fields_set
    ):
        yield (
            "deployment.bake_minutes is set, but without alarms nothing is watched meanwhile; "
            "add deployment.alarms or remove bake_minutes"
        )


def _of_serverless(stage: StageSettings) -> Iterator[str]:
    if stage.deployment.policy != "all_at_once":
        yield (
            f"deployment.policy is {stage.deployment.policy}, but SageMaker shifts the requests of "
            "a serverless endpoint only at once; write all_at_once or serve with mode realtime"
        )
    elif stage.deployment.alarms is not None:
        yield (
            "deployment.alarms is set, but SageMaker watches no alarms while a serverless endpoint "
            "changes; remove it or serve with mode realtime"
        )
    if stage.subnets:
        yield (
            "subnets is set, but SageMaker connects a serverless endpoint to no VPC; remove it and "
            "security_groups, or serve with mode realtime"
        )
    if stage.data_capture is not None:
        yield (
            "data_capture is set, but SageMaker captures nothing at a serverless endpoint; "
            "remove it or serve with mode realtime"
        )


def _of_realtime(stage: StageSettings, serving: Realtime) -> Iterator[str]:
    deployment = stage.deployment
    scaling = serving.autoscaling
    if scaling is not None and serving.family in _BURSTABLE:
        yield (
            "serving.autoscaling is set, but SageMaker does not scale burstable instances such as "
            f"{serving.instance_type}; choose another instance_type or remove autoscaling"
        )
    if scaling is not None and scaling.max_instances <= serving.instance_count:
        yield (
            f"serving.autoscaling.max_instances is {scaling.max_instances}, which leaves nothing "
            f"to add to instance_count {serving.instance_count}; raise it or remove autoscaling"
        )
    if deployment.policy != "all_at_once" and serving.instance_count < 2:
        yield (
            f"deployment.policy is {deployment.policy}, which moves at most half of the instances "
            "at a time, but serving.instance_count is 1; give 2 or more or write all_at_once"
        )
    if serving.family == _WITHOUT_GUARDRAILS and deployment.alarms is not None:
        yield (
            f"deployment.policy is {deployment.policy} with alarms, but SageMaker ignores both "
            f"with {serving.instance_type}; choose another instance_type or write all_at_once "
            "without alarms"
        )
    minutes = deployment.steps(serving.most_instances) * deployment.bake_minutes
    if minutes > _LONGEST_BAKE_MINUTES:
        yield (
            f"deployment bakes for {minutes} minutes in all, but the workflow's credentials last "
            f"60 and the instances must start too; keep it to {_LONGEST_BAKE_MINUTES} by fewer "
            "bake_minutes or larger steps"
        )
