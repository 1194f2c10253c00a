"""One SageMaker for each account, and what it shows of itself to other accounts."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.resource_owners import owner_of
from rehearsal.sagemaker.operations import Operation, Parts, build_world
from rehearsal.sagemaker.resources import Record, Store
from rehearsal.sagemaker.settings import SageMakerSettings

# Operations on another account's registry, and the member with its ARN: those of the policies in
# "Deploy a Model Version from a Different Account" and "Register a Model Version from a Different
# Account" (SageMaker developer guide).
_SHARED: Mapping[str, str] = {
    "CreateModelPackage": "ModelPackageGroupName",
    "DescribeModelPackage": "ModelPackageName",
    "DescribeModelPackageGroup": "ModelPackageGroupName",
    "ListModelPackages": "ModelPackageGroupName",
    "UpdateModelPackage": "ModelPackageArn",
}
_WITH_POLICY = ("model-package", "model-package-group")


class Accounts:
    """The parts of every account, made once."""

    def __init__(self, settings: SageMakerSettings) -> None:
        """All accounts share the limit on jobs that run, since they share the machine."""
        slots = threading.BoundedSemaphore(settings.parallel_jobs)
        stores = {account: Store() for account in settings.accounts}
        self._parts = {
            account: Parts(build_world(settings.of_account(account), stores), slots)
            for account in settings.accounts
        }
        self._operations = {name: parts.operations() for name, parts in self._parts.items()}

    def own(self) -> Parts:
        """Those of the account for which the present work is done."""
        return self._parts[get_account_id()]

    def operation(self, name: str, request: Record) -> Operation | None:
        """What answers a request: in another account for a shared package, after IAM's yes."""
        owner = owner_of(str(request.get(_SHARED.get(name, ""), "")))
        account = owner if owner in self._parts else get_account_id()
        return self._operations[account].get(name)

    def all(self) -> Iterable[Parts]:
        """Those of every account."""
        return self._parts.values()

    def snapshot(self) -> dict[str, Any]:
        """What every account remembers."""
        return {account: parts.world.store.snapshot() for account, parts in self._parts.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `snapshot` gave; an account that is not named any more is left out."""
        for account in state.keys() & self._parts.keys():
            self._parts[account].world.store.restore(state[account])
            self._parts[account].recover()

    def tags(self, arn: str) -> dict[str, str] | None:
        """The tags of a resource of any account; None when there is none."""
        parts = self._parts.get(owner_of(arn))
        return None if parts is None else parts.world.store.tags.get(arn)

    def group_policy(self, arn: str) -> str | None:
        """The resource policy that covers a model package group or a model package."""
        parts = self._parts.get(owner_of(arn))
        kind, _, name = arn.split(":", 5)[-1].partition("/")
        if parts is None or kind not in _WITH_POLICY:
            return None
        return parts.world.store.policies.get(name.partition("/")[0])
