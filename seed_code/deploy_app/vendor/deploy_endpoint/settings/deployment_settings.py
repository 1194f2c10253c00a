"""How a new model takes over from the old one, and what brings the old one back.

Percentages and times keep to the limits of SageMaker's API:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html
"""

import math
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from deploy_endpoint.settings.serving_settings import STRICT

_POLICIES = "all_at_once, canary, linear or rolling"
_ALARMS = "a mapping with errors_percent or latency_ms, or leave it out"
# Metrics come once a minute, so a shorter time could pass without any.
_BAKE = Field(default=5, ge=2, le=30, description="a whole number of minutes from 2 to 30")


class Alarms(BaseModel):
    """What the new instances must not exceed in any minute."""

    model_config = STRICT

    errors_percent: int = Field(
        default=1, ge=1, le=99, description="a whole number from 1 to 99, the share of 5xx answers"
    )
    latency_ms: int | None = Field(
        default=None,
        ge=1,
        le=60_000,
        description="a whole number of milliseconds from 1 to 60000 for the slowest of 100 "
        "requests, or leave it out",
    )

    @property
    def count(self) -> int:
        """How many alarms these are."""
        return 1 if self.latency_ms is None else 2


class AllAtOnce(BaseModel):
    """All requests go to the new model as soon as it is ready."""

    model_config = STRICT

    policy: Literal["all_at_once"] = Field(description=_POLICIES)
    bake_minutes: int = _BAKE
    alarms: Alarms | None = Field(default=None, description=_ALARMS)

    def steps(self, instances: int) -> int:  # noqa: ARG002  # one interface for all policies
        """How often it bakes: once, if alarms are there to be watched."""
        return 0 if self.alarms is None else 1


class Canary(BaseModel):
    """A part of the requests goes first; the rest follows when no alarm went off."""

    model_config = STRICT

    policy: Literal["canary"] = Field(description=_POLICIES)
    canary_percent: int = Field(
        default=50,
        ge=1,
        le=50,
        description="a whole number from 1 to 50, since SageMaker takes no canary above half of "
        "the instances",
    )
    bake_minutes: int = _BAKE
    alarms: Alarms = Field(default=Alarms(), description=_ALARMS)

    def steps(self, instances: int) -> int:  # noqa: ARG002  # one interface for all policies
        """How often it bakes: after the canary and after the rest."""
        return 2


class Linear(BaseModel):
    """The requests move in equal steps."""

    model_config = STRICT

    policy: Literal["linear"] = Field(description=_POLICIES)
    step_percent: int = Field(
        default=50,
        ge=10,
        le=50,
        description="a whole number from 10 to 50, since SageMaker takes only such steps",
    )
    bake_minutes: int = _BAKE
    alarms: Alarms = Field(default=Alarms(), description=_ALARMS)

    def steps(self, instances: int) -> int:
        """How often it bakes: after each step, and a step moves at least one instance."""
        return min(instances, math.ceil(100 / self.step_percent))


class Rolling(BaseModel):
    """Instances are replaced in batches, so that few run on top of the usual ones."""

    model_config = STRICT

    policy: Literal["rolling"] = Field(description=_POLICIES)
    batch_percent: int = Field(
        default=50,
        ge=5,
        le=50,
        description="a whole number from 5 to 50, since SageMaker takes only such batches",
    )
    bake_minutes: int = _BAKE
    alarms: Alarms = Field(default=Alarms(), description=_ALARMS)

    def steps(self, instances: int) -> int:
        """How often it bakes: after each batch, and a batch is at least one instance."""
        return min(instances, math.ceil(100 / self.batch_percent))


Deployment = Annotated[AllAtOnce | Canary | Linear | Rolling, Field(discriminator="policy")]
