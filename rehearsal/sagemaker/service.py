"""The local SageMaker as a service of MiniStack."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id

from rehearsal.aws.judged_resources import judge_calls_by_resource, tell_condition_keys
from rehearsal.aws.resource_owners import tell_policies
from rehearsal.aws.resource_tags import tell_tags
from rehearsal.sagemaker import wire
from rehearsal.sagemaker.accounts import Accounts
from rehearsal.sagemaker.authorization import resource_arn
from rehearsal.sagemaker.cloudformation import SageMakerTypes, TypeRegistry
from rehearsal.sagemaker.condition_keys import condition_keys, keys_of_tagging
from rehearsal.sagemaker.context import RequestContext
from rehearsal.sagemaker.errors import (
    OperationNotModelledError,
    RequestRefusedError,
    ServiceError,
)
from rehearsal.sagemaker.resources import Record
from rehearsal.sagemaker.scaling.service import SERVICE as SCALING_SERVICE
from rehearsal.sagemaker.scaling.service import register as register_scaling
from rehearsal.sagemaker.settings import SageMakerSettings

_INVOCATIONS_AT_ONCE = 256


class SageMakerService:
    """What MiniStack calls: one request handler and the hooks for state."""

    def __init__(self, settings: SageMakerSettings) -> None:
        """End what a killed server left running, and start empty."""
        self._settings = settings
        self.accounts = Accounts(settings)
        # Invocations may take a minute each; a serverless variant answers up to 200 at once.
        self._invocations = ThreadPoolExecutor(_INVOCATIONS_AT_ONCE, "invocation")
        for parts in self.accounts.all():
            parts.end_orphans()

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> wire.Response:
        """Answer one request of the service or of its runtime."""
        caller = RequestContext(extract_access_key_id(headers, query_params) or "")
        endpoint = wire.invoked_endpoint(method, path)
        if endpoint:
            invoke = functools.partial(self._invoke, endpoint, headers, body, caller)
            in_context = functools.partial(contextvars.copy_context().run, invoke)
            return await asyncio.get_running_loop().run_in_executor(self._invocations, in_context)
        return await asyncio.to_thread(self._call, headers, body, caller)

    def get_state(self) -> dict[str, Any]:
        """Everything that must survive a stop."""
        return self.accounts.snapshot()

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave, and bring the endpoints up again."""
        self.accounts.restore(data)

    def reset(self) -> None:
        """End everything and forget everything."""
        self.stop()
        for parts in self.accounts.all():
            parts.world.store.clear()
            parts.endpoints.lifecycle.reopen()

    def stop(self) -> None:
        """End every process that was started."""
        for parts in self.accounts.all():
            parts.stop()

    def _call(self, headers: dict[str, str], body: bytes, caller: RequestContext) -> wire.Response:
        operation = wire.operation_name(headers)
        try:
            self._check_region()
            request = wire.read_request(operation, body)
            answer = self.accounts.operation(operation, request)
            if answer is None:
                raise OperationNotModelledError(
                    f"The rehearsal does not model sagemaker:{operation}; run it on AWS."
                )
            self._check_tags(operation, request, caller)
            return wire.answer(operation, answer(request, caller))
        except ServiceError as error:
            return wire.refusal(error)

    def _invoke(
        self, endpoint: str, headers: dict[str, str], body: bytes, caller: RequestContext
    ) -> wire.Response:
        try:
            self._check_region()
            return self.accounts.own().runtime.invoke_endpoint(endpoint, headers, body, caller)
        except ServiceError as error:
            return wire.runtime_refusal(error)

    def _check_tags(self, operation: str, request: Record, caller: RequestContext) -> None:
        """Who makes a resource with tags needs `sagemaker:AddTags` on it as well."""
        if operation.startswith("Create") and request.get("Tags"):
            own = self.accounts.own().world
            about = resource_arn(operation, request, own.settings.account, own.settings.region)
            keys = keys_of_tagging(operation, request)
            own.access.check_allowed(caller.access_key_id, "sagemaker:AddTags", about, keys)

    def _check_region(self) -> None:
        if get_region() != self._settings.region:
            raise RequestRefusedError(
                f"This rehearsal is in {self._settings.region}, not in {get_region()}; "
                "set AWS_REGION accordingly."
            )


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


def register(registry: Registry, settings: SageMakerSettings) -> Callable[[], None]:
    """Add SageMaker, its runtime and its CloudFormation types to MiniStack.

    Returns:
        What to call when the server ends; every job and endpoint process has ended then.
    """
    service = SageMakerService(settings)
    registry.add_service(
        "sagemaker",
        service,
        target_prefixes=["SageMaker."],
        host_patterns=[r"(api|runtime)\.sagemaker\."],
        iam_namespace="sagemaker",
    )
    judge_calls_by_resource("sagemaker", resource_arn)
    accounts = service.accounts
    tell_policies("sagemaker", accounts.group_policy)
    for name in ("sagemaker", SCALING_SERVICE):
        tell_tags(name, accounts.tags)
    tell_condition_keys(
        "sagemaker",
        lambda operation, request: condition_keys(
            operation, request, accounts.own().world.store.packages
        ),
    )
    SageMakerTypes(accounts.own).add_to(registry)
    register_scaling(registry, lambda: accounts.own().scaling, settings)
    return service.stop
