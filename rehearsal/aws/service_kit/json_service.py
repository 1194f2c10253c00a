"""A service of AWS that speaks JSON 1.1: parse, authorize, dispatch, shape, refuse.

Whether the caller may make the call at all MiniStack asks before, about the ARN that `resource_arn`
names; what else an operation asks of IAM is `authorize`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.core.router import extract_access_key_id

from rehearsal.aws.emulator.extensions import Extensions, Response
from rehearsal.aws.emulator.iam.judged_resources import ResourceArn, judge_calls_by_resource
from rehearsal.aws.service_kit.errors import OperationNotModelledError, ServiceError
from rehearsal.aws.service_kit.model_validation import (
    ModelValidationError,
    is_operation,
    shape_output,
    validate,
)
from rehearsal.aws.service_kit.operations import Operation, Record, RequestContext

_JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True)
class Api:
    """What a service's protocol has of its own.

    Args:
        name: botocore's, and that of the service in signatures if that is no other.
        target_prefix: what `X-Amz-Target` starts with, such as `SageMaker.`.
        hosts: regular expression of the service's host names.
        refusal: the error for a request that does not fit the model.
        message: the member of an error with its text.
        signed_as: the service in signatures and in policies, if not `name`.
    """

    name: str
    target_prefix: str
    hosts: str
    refusal: Callable[[str], ServiceError]
    message: str = "message"
    signed_as: str = ""

    @property
    def scope(self) -> str:
        """What MiniStack and IAM know the service by."""
        return self.signed_as or self.name


class JsonService:
    """What MiniStack calls; see `rehearsal.aws.emulator.extensions.ServiceModule`."""

    def __init__(self, api: Api, resource_arn: ResourceArn) -> None:
        self._api = api
        self._resource_arn = resource_arn

    def add_to(self, registry: Extensions) -> None:
        """Add the service to MiniStack."""
        api = self._api
        prefixes, hosts = [api.target_prefix], [api.hosts]
        registry.add_service(api.scope, self, target_prefixes=prefixes, host_patterns=hosts)
        judge_calls_by_resource(api.scope, self._resource_arn)

    def operation(self, name: str, request: Record) -> Operation | None:
        """What answers a request; None when the rehearsal does not model it."""
        raise NotImplementedError

    def check_place(self) -> None:
        """Refuse an account or a region where the service is not."""

    def authorize(self, name: str, request: Record, caller: RequestContext) -> None:
        """Ask IAM what an operation needs besides its own permission."""

    def get_state(self) -> dict[str, Any] | None:
        """Everything that must survive a stop; None for a service without state of its own."""
        return None

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave."""

    async def handle_request(
        self,
        _method: str,
        _path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Response:
        """Answer one request, on a thread: operations wait for the event loop and each other."""
        caller = RequestContext(extract_access_key_id(headers, query_params) or "")
        name = headers.get("x-amz-target", "").removeprefix(self._api.target_prefix)
        return await asyncio.to_thread(self._answer, name, body, caller)

    def _answer(self, name: str, body: bytes, caller: RequestContext) -> Response:
        service = self._api.name
        try:
            self.check_place()
            request = self._request(name, body)
            operation = self.operation(name, request)
            if operation is None:
                raise OperationNotModelledError(
                    f"The rehearsal does not model {service}:{name}; run it on AWS."
                )
            self.authorize(name, request, caller)
            answer = shape_output(service, name, operation(request, caller))
        except ServiceError as error:
            return refusal(error, self._api.message, {"Content-Type": _JSON})
        return 200, {"Content-Type": _JSON}, _encoded(answer)

    def _request(self, name: str, body: bytes) -> Record:
        if not is_operation(self._api.name, name):
            raise OperationNotModelledError(f"{self._api.name} has no operation {name}.")
        try:
            request = json.loads(body or b"{}")
            validate(self._api.name, name, request)
        except ValueError as error:
            raise self._api.refusal(f"The request is not JSON: {error}") from error
        except ModelValidationError as error:
            raise self._api.refusal(str(error)) from error
        return dict(request)


def refusal(error: ServiceError, message: str, headers: dict[str, str]) -> Response:
    """The response for an error, whose text is in a member of the given name."""
    body = {"__type": error.code, message: error.message, **error.members}
    return error.status, {**headers, "x-amzn-errortype": error.code}, _encoded(body)


def _encoded(content: Record) -> bytes:
    # Half a surrogate pair, which JSON can escape and UTF-8 has not, becomes `?` as in Java.
    return json.dumps(content, ensure_ascii=False).encode(errors="replace")
