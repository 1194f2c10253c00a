"""Application Auto Scaling as a service of MiniStack."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ministack.core.router import extract_access_key_id

from rehearsal.aws.emulator.iam.judged_resources import judge_calls_by_resource
from rehearsal.aws.sagemaker import wire
from rehearsal.aws.sagemaker.cloudformation import TypeRegistry
from rehearsal.aws.sagemaker.context import RequestContext
from rehearsal.aws.sagemaker.errors import OperationNotModelledError, ServiceError
from rehearsal.aws.sagemaker.resources import Record
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.scaling.cloudformation import ScalingTypes
from rehearsal.aws.scaling.errors import ScalingRefusedError
from rehearsal.aws.scaling.policies import ScalingOperations
from rehearsal.aws.service_kit.model_validation import (
    ModelValidationError,
    is_operation,
    shape_output,
    validate,
)

SERVICE = "application-autoscaling"
_TARGET = "AnyScaleFrontendService."
_LISTS = ("DescribeScalableTargets", "DescribeScalingPolicies")


_ANSWERS: Mapping[str, Callable[[ScalingOperations, Record, RequestContext], Record]] = {
    "DeleteScalingPolicy": ScalingOperations.delete_scaling_policy,
    "DeregisterScalableTarget": ScalingOperations.deregister_scalable_target,
    "DescribeScalableTargets": ScalingOperations.describe_scalable_targets,
    "DescribeScalingPolicies": ScalingOperations.describe_scaling_policies,
    "PutScalingPolicy": ScalingOperations.put_scaling_policy,
    "RegisterScalableTarget": ScalingOperations.register_scalable_target,
}


class Registry(TypeRegistry, Protocol):
    """Where the service and its resource types are added."""

    def add_service(
        self,
        name: str,
        module: Any,
        *,
        target_prefixes: Iterable[str] = (),
        host_patterns: Iterable[str] = (),
        iam_namespace: str | None = None,
    ) -> None:
        """Route a service's requests to a module."""


class ScalingService:
    """What MiniStack calls; the state is kept with SageMaker's."""

    def __init__(self, own_operations: Callable[[], ScalingOperations], region: str) -> None:
        """Answers the calls of one region, each with the operations of its caller's account."""
        self._region = region
        self._own_operations = own_operations

    async def handle_request(
        self,
        _method: str,
        _path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> wire.Response:
        """Answer one request."""
        caller = RequestContext(extract_access_key_id(headers, query_params) or "")
        operation = headers.get("x-amz-target", "").removeprefix(_TARGET)
        try:
            return await asyncio.to_thread(self._answer, operation, body, caller)
        except ServiceError as error:
            return wire.refusal(error)

    def get_state(self) -> dict[str, Any] | None:
        """Nothing of its own."""
        return None

    def load_persisted_state(self, _data: dict[str, Any]) -> None:
        """Nothing of its own."""

    def reset(self) -> None:
        """Nothing of its own."""

    def _answer(self, operation: str, body: bytes, caller: RequestContext) -> wire.Response:
        answer = _ANSWERS.get(operation)
        if answer is None:
            known = "does not model" if is_operation(SERVICE, operation) else "does not know"
            raise OperationNotModelledError(f"The rehearsal {known} {SERVICE}:{operation}.")
        try:
            request = json.loads(body or b"{}")
            validate(SERVICE, operation, request)
        except ValueError as error:
            raise ScalingRefusedError(f"The request is not JSON: {error}") from error
        except ModelValidationError as error:
            raise ScalingRefusedError(str(error)) from error
        result = shape_output(SERVICE, operation, answer(self._own_operations(), request, caller))
        headers = {"Content-Type": "application/x-amz-json-1.1"}
        return 200, headers, json.dumps(result).encode()


def register(
    registry: Registry,
    own_operations: Callable[[], ScalingOperations],
    settings: SageMakerSettings,
) -> None:
    """Add the service and its CloudFormation types to MiniStack."""

    def resource_arn(
        operation: str, request: dict[str, Any], account: str, region: str
    ) -> str | None:
        if operation in _LISTS:
            return "*"
        return own_operations().target_arn(request) or (
            f"arn:aws:{SERVICE}:{region}:{account}:scalable-target/new"
        )

    registry.add_service(
        SERVICE,
        ScalingService(own_operations, settings.region),
        target_prefixes=[_TARGET],
        host_patterns=[r"application-autoscaling\."],
    )
    judge_calls_by_resource(SERVICE, resource_arn)
    ScalingTypes(own_operations).add_to(registry)
