"""What answers requests at a stage: serverless, or instances of its own."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(frozen=True, extra="forbid", strict=True)
_INSTANCE = r"^ml\.[a-z0-9-]+\.[a-z0-9]+$"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html, KmsKeyId
_LOCAL_STORAGE = re.compile(
    r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g[5-9](?!g)[a-z]*|gr\d|p[5-9][a-z]*|trn\d\w*)\."
)


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
