"""The AWS services that the commands use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import boto3


@dataclass(frozen=True)
class Clients:
    """One client for each service."""

    sagemaker: Any
    s3: Any
    dynamodb: Any

    @classmethod
    def for_region(cls, region: str) -> Clients:
        """Connect with the credentials of the environment."""
        session = boto3.Session(region_name=region)
        return cls(*map(session.client, ("sagemaker", "s3", "dynamodb")))
