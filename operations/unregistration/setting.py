"""What is unregistered where, for all steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from operations.aws_session import PATIENCE, Identity
from operations.unregistration.stack_deletion import StackDeletion

# As the template names them.
TABLE = "mlops-sm-project-approvals"
BUCKET_PREFIX = "mlops-sm-project-"
SHARED_KEY_TAG = ("mlops:key", "shared")
DISTRIBUTOR = "mlops-sm-project-template"


@dataclass(frozen=True)
class Setting:
    """The account, and what of its data goes.

    Args:
        session: of AWS.
        identity: whose credentials they are.
        deleted: names of the things holding data that somebody wants deleted; others stay.
        sleep: waits for so many seconds.
    """

    session: boto3.Session
    identity: Identity
    deleted: frozenset[str]
    sleep: Callable[[float], None]

    @property
    def version_bucket(self) -> str:
        """Bucket of what the versions of the product name."""
        return f"{BUCKET_PREFIX}versions-{self.identity.account}-{self.identity.region}"

    def client(self, service: str) -> Any:
        """A client of AWS."""
        return self.session.client(service, config=PATIENCE)

    def stack(self, name: str) -> StackDeletion:
        """A stack that goes."""
        return StackDeletion(self.client("cloudformation"), name, self.sleep)
