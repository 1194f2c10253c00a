"""Application Auto Scaling as a service of MiniStack; its records are kept with SageMaker's."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.emulator.extensions import Extensions
from rehearsal.aws.emulator.iam.resource_tags import tell_tags
from rehearsal.aws.sagemaker.accounts import Accounts
from rehearsal.aws.scaling.errors import ScalingRefusedError
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.scaling.resource_types.scalable_target import ScalableTargetType
from rehearsal.aws.scaling.resource_types.scaling_policy import ScalingPolicyType
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.operations import Operation, Record, operations_of

_API = Api(
    name="application-autoscaling",
    target_prefix="AnyScaleFrontendService.",
    hosts=r"application-autoscaling\.",
    refusal=ScalingRefusedError,
)
_LISTS = ("DescribeScalableTargets", "DescribeScalingPolicies")


class ScalingService(JsonService):
    """Scales the endpoints of every account's SageMaker."""

    def __init__(self, sagemaker: Accounts) -> None:
        super().__init__(_API, self._resource_arn_of)
        self._sagemaker = sagemaker
        self._scaling = {
            parts.context.settings.account: ScalingOperations(
                parts.context, parts.endpoints, parts.targets
            )
            for parts in sagemaker.all()
        }

    def add_to(self, registry: Extensions) -> None:
        """Add the service and its CloudFormation types."""
        super().add_to(registry)
        tell_tags(_API.name, self._sagemaker.tags)
        for kind in (ScalableTargetType, ScalingPolicyType):
            kind(self._own).add_to(registry)

    def operation(self, name: str, _request: Record) -> Operation | None:
        """What answers a request."""
        return operations_of(self._own()).get(name)

    def _own(self) -> ScalingOperations:
        return self._scaling[get_account_id()]

    def _resource_arn_of(
        self, operation: str, request: dict[str, Any], account: str, region: str
    ) -> str:
        if operation in _LISTS:
            return "*"
        new = f"arn:aws:{_API.name}:{region}:{account}:scalable-target/new"
        return self._own().target_arn(request) or new
