"""What answers requests at a stage, and how a new model takes over from the old one there.

Percentages and times keep to the limits of SageMaker's API:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BlueGreenUpdatePolicy.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RollingUpdatePolicy.html
"""

import math
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_INSTANCE = r"^ml\.[a-z0-9-]+\.[a-z0-9]+$"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html, KmsKeyId
_LOCAL_STORAGE = re.compile(
    r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g[5-9](?!g)[a-z]*|gr\d|p[5-9][a-z]*|trn\d\w*)\."
)
_POLICIES = "all_at_once, canary, linear or rolling"
_ALARMS = "a mapping with errors_percent or latency_ms, or leave it out"
# Metrics come once a minute, so a shorter time could pass without any.
_BAKE = Field(default=5, ge=2, le=30, description="a whole number of minutes from 2 to 30")


class Serverless(BaseModel):
    """SageMaker starts containers as requests come in, and bills only while they work."""

    model_config = STRICT

    mode: Literal["serverless"] = Field(description="serverless or realtime")
    memory_mib: Literal[1024, 2048, 3072, 4096, 5120, 6144] = Field(
        default=2048, description="1024, 2048, 3072, 4096, 5120 or 6144"
    )
    max_concurrency: int = Field(
        default=5, ge=1, le=200, description="a whole number of requests at a time from 1 to 200"
    )

    @property
    def most_instances(self) -> int:
        """Serverless endpoints have no instances."""
        return 0


class Autoscaling(BaseModel):
    """Instances follow the load, between `instance_count` and `max_instances`."""

    model_config = STRICT

    max_instances: int = Field(ge=2, le=100, description="a whole number of instances, 2 to 100")
    invocations_per_instance_per_minute: int = Field(
        ge=1,
        le=1_000_000,
        description="a whole number of requests a minute that one instance should get, from 1",
    )


class Realtime(BaseModel):
    """Instances that always run and are billed for as long as the endpoint exists."""

    model_config = STRICT

    mode: Literal["realtime"] = Field(description="serverless or realtime")
    instance_type: str = Field(
        pattern=_INSTANCE, description="an instance type such as ml.m5.large"
    )
    instance_count: int = Field(
        ge=1, le=100, description="a whole number of instances from 1 to 100"
    )
    autoscaling: Autoscaling | None = Field(
        default=None,
        description="a mapping with max_instances and invocations_per_instance_per_minute, "
        "or leave it out",
    )

    @property
    def family(self) -> str:
        """The instance family, such as m5."""
        return self.instance_type.split(".")[1]

    @property
    def has_local_storage(self) -> bool:
        """Tell whether the instance encrypts its disks itself, and so refuses a KMS key."""
        return _LOCAL_STORAGE.match(self.instance_type) is not None

    @property
    def most_instances(self) -> int:
        """The number of instances that may run at once."""
        return self.autoscaling.max_instances if self.autoscaling else self.instance_count


# Further modes, asynchronous and batch, become further members.
Serving = Annotated[Serverless | Realtime, Field(discriminator="mode")]


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
