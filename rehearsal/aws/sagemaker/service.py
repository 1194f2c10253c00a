"""The local SageMaker as a service of MiniStack, with its runtime and its CloudFormation types."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id

from rehearsal.aws.emulator.corrections.tagging.tagged_resources import tell_resources
from rehearsal.aws.emulator.extensions import Extensions, Response
from rehearsal.aws.emulator.iam.judged_resources import tell_condition_keys
from rehearsal.aws.emulator.iam.resource_owners import tell_policies
from rehearsal.aws.emulator.iam.resource_tags import tell_tags
from rehearsal.aws.sagemaker.accounts import Accounts
from rehearsal.aws.sagemaker.authorization import resource_arn
from rehearsal.aws.sagemaker.condition_keys import condition_keys, keys_of_tagging
from rehearsal.aws.sagemaker.endpoints.runtime import invoked_endpoint, runtime_refusal
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.resource_types.endpoint import EndpointType
from rehearsal.aws.sagemaker.resource_types.model_package_group import ModelPackageGroupType
from rehearsal.aws.sagemaker.resource_types.unchanging import EndpointConfigType, ModelType
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.service_kit.errors import ServiceError
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.operations import Operation, Record, RequestContext

_API = Api(
    name="sagemaker",
    target_prefix="SageMaker.",
    hosts=r"(api|runtime)\.sagemaker\.",
    refusal=RequestRefusedError,
)
_INVOCATIONS_AT_ONCE = 256


class SageMakerService(JsonService):
    """SageMaker of every account, in one region."""

    def __init__(
        self, settings: SageMakerSettings, project_operations: Mapping[str, Operation]
    ) -> None:
        """End what a killed server left running, and start empty."""
        super().__init__(_API, resource_arn)
        self._settings = settings
        self.accounts = Accounts(settings, project_operations)
        # Invocations may take a minute each; a serverless variant answers up to 200 at once.
        self._invocations = ThreadPoolExecutor(_INVOCATIONS_AT_ONCE, "invocation")
        for parts in self.accounts.all():
            parts.end_orphans()

    def add_to(self, registry: Extensions) -> None:
        """Add SageMaker, its runtime and its CloudFormation types."""
        super().add_to(registry)
        tell_policies(_API.name, self.accounts.group_policy)
        tell_tags(_API.name, self.accounts.tags)
        tell_resources(_API.name, self.accounts.tagged)
        tell_condition_keys(_API.name, self._condition_keys)
        for kind in (ModelPackageGroupType, ModelType, EndpointConfigType, EndpointType):
            kind(self.accounts.own).add_to(registry)

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Response:
        """Answer one request of the service or of its runtime."""
        endpoint = invoked_endpoint(method, path)
        if not endpoint:
            return await super().handle_request(method, path, headers, body, query_params)
        caller = RequestContext(extract_access_key_id(headers, query_params) or "")
        invoke = functools.partial(self._invoke, endpoint, headers, body, caller)
        in_context = functools.partial(contextvars.copy_context().run, invoke)
        return await asyncio.get_running_loop().run_in_executor(self._invocations, in_context)

    def operation(self, name: str, request: Record) -> Operation | None:
        """What answers a request: in another account for a shared package, after IAM's yes."""
        return self.accounts.operation(name, request)

    def check_place(self) -> None:
        """Refuse another region."""
        if get_region() != self._settings.region:
            raise RequestRefusedError(
                f"This rehearsal is in {self._settings.region}, not in {get_region()}; "
                "set AWS_REGION accordingly."
            )

    def authorize(self, name: str, request: Record, caller: RequestContext) -> None:
        """Who makes a resource with tags needs `sagemaker:AddTags` on it as well."""
        if name.startswith("Create") and request.get("Tags"):
            own = self.accounts.own().context
            about = resource_arn(name, request, own.settings.account, own.settings.region)
            keys = keys_of_tagging(name, request)
            own.access.check_allowed(caller.access_key_id, "sagemaker:AddTags", about, keys)

    def get_state(self) -> dict[str, Any]:
        """Everything that must survive a stop."""
        return self.accounts.snapshot()

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave, and bring the endpoints up again."""
        self.accounts.restore(data)

    def stop(self) -> None:
        """End every process that was started."""
        for parts in self.accounts.all():
            parts.stop()

    def _invoke(
        self, endpoint: str, headers: dict[str, str], body: bytes, caller: RequestContext
    ) -> Response:
        try:
            self.check_place()
            return self.accounts.own().runtime.invoke_endpoint(endpoint, headers, body, caller)
        except ServiceError as error:
            return runtime_refusal(error)

    def _condition_keys(self, name: str, request: Record) -> Record:
        return condition_keys(name, request, self.accounts.own().context.store.packages)
