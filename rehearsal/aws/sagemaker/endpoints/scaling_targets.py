"""Which variants of an endpoint are registered as scalable targets, for those who change endpoints.

Source: SageMaker developer guide, "Update endpoints that use auto scaling" and "Delete endpoints
configured for auto scaling".
"""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record, RequestContext


class ScalingTargets:
    """Reads the registered targets."""

    def __init__(self, context: AccountContext) -> None:
        self._context = context
        self._store = context.store

    def of_endpoint(self, endpoint: str) -> list[Record]:
        """The targets of an endpoint's variants."""
        prefix = f"endpoint/{endpoint}/"
        targets = self._store.all(self._store.scalable_targets)
        return [target for target in targets if target["ResourceId"].startswith(prefix)]

    def check_update(
        self, endpoint: str, old: Sequence[VariantPlan], new: Sequence[VariantPlan]
    ) -> None:
        """Refuse an update that removes a registered variant or changes its instance type."""
        before = {plan.name: plan.instance_type for plan in old}
        after = {plan.name: plan.instance_type for plan in new}
        for target in self.of_endpoint(endpoint):
            variant = target["ResourceId"].rsplit("/", 1)[-1]
            if variant not in after or before.get(variant) != after[variant]:
                raise RequestRefusedError(
                    f"The variant {variant} is a target of Application Auto Scaling; deregister it "
                    f"before its instance type changes or it is removed from {endpoint}."
                )

    def check_deletion(self, endpoint: str, caller: RequestContext) -> None:
        """Refuse a caller that may not deregister the targets of an endpoint that is to go."""
        action = "application-autoscaling:DeregisterScalableTarget"
        for target in self.of_endpoint(endpoint):
            arn = target["ScalableTargetARN"]
            self._context.access.check_allowed(caller.access_key_id, action, arn)

    def forget(self, endpoint: str) -> None:
        """Deregister the targets of an endpoint that goes."""
        for target in self.of_endpoint(endpoint):
            self.remove(target)

    def remove(self, target: Record) -> None:
        """Drop a target with its policies."""
        key = key_of(target)
        with self._store.lock:
            self._store.scalable_targets.pop(key, None)
            self._store.forget_tags([target["ScalableTargetARN"]])
            for name, policy in list(self._store.scaling_policies.items()):
                if key_of(policy) == key:
                    del self._store.scaling_policies[name]


def key_of(record: Record) -> str:
    """What a target, or the target of a policy, is stored under."""
    return f"{record['ResourceId']}|{record['ScalableDimension']}"
