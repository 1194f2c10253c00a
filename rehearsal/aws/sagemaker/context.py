"""What every operation is given: the store, the clock and the ways to the rest of the local AWS."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rehearsal.aws.emulator.iam.resource_owners import is_foreign, owner_of
from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.events import Events
from rehearsal.aws.sagemaker.journal import Journal
from rehearsal.aws.sagemaker.object_store import ObjectStores
from rehearsal.aws.sagemaker.resources import Records, SageMakerStore
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.service_kit.operations import Record, RequestContext

_LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class AccountContext:
    """Shared by all parts of one account's SageMaker; built once by the service.

    Attributes:
        stores: of every account; see `packages_of`.
    """

    settings: SageMakerSettings
    store: SageMakerStore
    access: Access
    events: Events
    journal: Journal
    objects: ObjectStores
    stores: Mapping[str, SageMakerStore]
    clock: Callable[[], float] = time.time
    dice: random.Random = field(default_factory=random.Random)

    def random_id(self, length: int = 12) -> str:
        """Lower-case letters and digits, as SageMaker's own ids have."""
        return "".join(self.dice.choices(_LETTERS, k=length))

    def packages_of(self, arn: str) -> Records:
        """The model packages of the account that an ARN names; IAM has its say before."""
        return self.stores.get(owner_of(arn), self.store).packages

    def check_packages(self, caller: RequestContext, model: Record) -> None:
        """Refuse a model of another account's package that its owner does not share for this.

        Source: SageMaker developer guide, "Deploy a Model Version from a Different Account". For
        CloudFormation these are asked with the other permissions of the stack.
        """
        containers = [*(model.get("Containers") or []), model.get("PrimaryContainer") or {}]
        for name in (str(container.get("ModelPackageName") or "") for container in containers):
            if is_foreign(name, self.settings.account):
                for action in ("DescribeModelPackage", "CreateModel"):
                    self.access.check_allowed(caller.access_key_id, f"sagemaker:{action}", name)
