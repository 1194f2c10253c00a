"""One SageMaker for each account, and what it shows of itself to other accounts."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.emulator.iam.resource_owners import owner_of
from rehearsal.aws.sagemaker.composition import Parts, account_context
from rehearsal.aws.sagemaker.resources import SageMakerStore
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.service_kit.operations import Operation, Record

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

    def __init__(
        self, settings: SageMakerSettings, project_operations: Mapping[str, Operation]
    ) -> None:
        """All accounts share the limit on jobs that run, since they share the machine.

        Args:
            settings: of the project's account, with the names of the others.
            project_operations: those of SageMaker projects, which the project's account has.
        """
        slots = threading.BoundedSemaphore(settings.parallel_jobs)
        stores = {account: SageMakerStore() for account in settings.accounts}
        self._parts = {
            account: Parts(account_context(settings.of_account(account), stores), slots)
            for account in settings.accounts
        }
        self._operations = {name: parts.operations() for name, parts in self._parts.items()}
        self._operations[settings.account] |= project_operations

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
        return {account: parts.context.store.snapshot() for account, parts in self._parts.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `snapshot` gave; an account that is not named any more is left out."""
        for account in state.keys() & self._parts.keys():
            self._parts[account].context.store.restore(state[account])
            self._parts[account].recover()

    def tags(self, arn: str) -> dict[str, str] | None:
        """The tags of a resource of any account; None when there is none."""
        parts = self._parts.get(owner_of(arn))
        return None if parts is None else parts.context.store.tags.get(arn)

    def tagged(self) -> list[tuple[str, dict[str, str]]]:
        """ARNs and tags of all resources of the account for which the present work is done."""
        store = self.own().context.store
        with store.lock:
            return [(arn, dict(tags)) for arn, tags in store.tags.items()]

    def group_policy(self, arn: str) -> str | None:
        """The resource policy that covers a model package group or a model package."""
        parts = self._parts.get(owner_of(arn))
        kind, _, name = arn.split(":", 5)[-1].partition("/")
        if parts is None or kind not in _WITH_POLICY:
            return None
        return parts.context.store.policies.get(name.partition("/")[0])
