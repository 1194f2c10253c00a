"""What every operation is given: the store, the clock and the ways to the rest of the local AWS."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rehearsal.sagemaker.access import Access
from rehearsal.sagemaker.events import Events
from rehearsal.sagemaker.journal import Journal
from rehearsal.sagemaker.object_store import ObjectStores
from rehearsal.sagemaker.resources import Store
from rehearsal.sagemaker.settings import SageMakerSettings

_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class RequestContext:
    """Who asks.

    Args:
        access_key_id: the caller's key; empty when CloudFormation or the service itself asks, whose
            permissions are checked elsewhere.
    """

    access_key_id: str = ""


SERVICE = RequestContext()


@dataclass(frozen=True)
class World:
    """Shared by all parts of the local SageMaker; built once by the service."""

    settings: SageMakerSettings
    store: Store
    access: Access
    events: Events
    journal: Journal
    objects: ObjectStores
    clock: Callable[[], float] = time.time
    dice: random.Random = field(default_factory=random.Random)

    def random_id(self, length: int = 12) -> str:
        """Lower-case letters and digits, as SageMaker's own ids have."""
        return "".join(self.dice.choices(_LETTERS, k=length))

    def check_role(self, caller: RequestContext, role_arn: str) -> None:
        """Refuse a role that does not exist or that the caller may not pass to SageMaker."""
        self.access.check_role_exists(role_arn)
        self.access.check_may_pass(caller.access_key_id, role_arn)
