"""The tools that a function's process makes once and passes into its work."""

import functools
import logging
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config

from invocation.deadline import Deadline, LambdaContext
from invocation.http_pool import BoundedPool, HttpPool
from invocation.outlast import Outlasting

# Not the defaults, a minute each: five times that and pauses of up to 15 seconds between them are
# to be over in `AWS_CALL_SECONDS`, so that no call outlives its function.
_PATIENCE = Config(
    connect_timeout=3, read_timeout=12, retries={"mode": "standard", "total_max_attempts": 5}
)


@dataclass(frozen=True)
class Toolbox:
    """Everything that reaches outside the process.

    `aws` returns the client of a named AWS service, the same one each time.
    """

    environment: Mapping[str, str]
    http: HttpPool
    aws: Callable[[str], Any]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]

    def outlasting(self, deadline: Deadline) -> "Toolbox":
        """Return the same tools with clients of AWS that outlast, until `deadline`, what passes."""
        return replace(
            self, aws=lambda service: Outlasting(self.aws(service), deadline, self.random)
        )

    def deadline(self, context: LambdaContext, *, reserve_seconds: float) -> Deadline:
        """Return when this invocation must have done its work."""
        return Deadline.of(
            context, reserve_seconds=reserve_seconds, clock=self.clock, sleep=self.sleep
        )


@functools.cache
def process_toolbox() -> Toolbox:
    """Make the tools of this process; called by handlers, never at import."""
    logging.getLogger().setLevel(logging.INFO)
    # urllib3's own debug lines hold presigned addresses.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    return Toolbox(
        environment=dict(os.environ),
        http=BoundedPool(),
        aws=functools.cache(lambda service: boto3.client(service, config=_PATIENCE)),
        clock=time.time,
        sleep=time.sleep,
        random=random.random,
    )
