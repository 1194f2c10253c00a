"""InvokeEndpoint: passes a request to a variant's container and translates its answer."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from urllib.parse import unquote

import urllib3

from rehearsal.aws.emulator.extensions import Response
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints import serverless
from rehearsal.aws.sagemaker.endpoints.lifecycle import EndpointLifecycle
from rehearsal.aws.sagemaker.endpoints.metrics import Invocation, InvocationMetrics
from rehearsal.aws.sagemaker.endpoints.model_server import Answer, ModelServer
from rehearsal.aws.sagemaker.endpoints.traffic import Admitted
from rehearsal.aws.sagemaker.errors import (
    InvocationRefusedError,
    ModelInvocationError,
    ServiceUnavailableError,
)
from rehearsal.aws.service_kit.errors import ServiceError
from rehearsal.aws.service_kit.json_service import refusal
from rehearsal.aws.service_kit.model_validation import ModelValidationError, input_shape, validate
from rehearsal.aws.service_kit.operations import RequestContext

# MiniStack gives JSON the type of the service's other operations, unless the name is in lower case.
_CONTENT_TYPE = "content-type"
_INVOCATION = re.compile(r"/endpoints/([^/]+)/invocations")
LARGEST_BODY_BYTES = 6 * 1024 * 1024
_RESTORE_SECONDS = 60.0
_SHOWN_BYTES = 4096
_TARGET_VARIANT = "x-amzn-sagemaker-target-variant"
_CUSTOM = "x-amzn-sagemaker-custom-attributes"
_PASSED_ON = ("content-type", "accept", _CUSTOM)


def invoked_endpoint(method: str, path: str) -> str:
    """Name of the endpoint that a request invokes; empty when it invokes none."""
    match = _INVOCATION.fullmatch(path)
    return unquote(match[1]) if match and method == "POST" else ""


def runtime_refusal(error: ServiceError) -> Response:
    """The response of the runtime for an error; its members are capitalised."""
    return refusal(error, "Message", {_CONTENT_TYPE: "application/json"})


class EndpointRuntime:
    """The operations of `sagemaker-runtime`."""

    def __init__(
        self, context: AccountContext, lifecycle: EndpointLifecycle, metrics: InvocationMetrics
    ) -> None:
        self._context = context
        self._lifecycle = lifecycle
        self._metrics = metrics

    def invoke_endpoint(
        self, name: str, headers: Mapping[str, str], body: bytes, caller: RequestContext
    ) -> Response:
        """One prediction.

        Raises:
            InvocationRefusedError: unknown endpoint or variant, or too large a body or header.
            ThrottledError: a serverless variant is answering as many as it may.
            ModelInvocationError: the container answered with an error, or not at all.
        """
        begun = time.monotonic()
        _check_headers(name, headers)
        arn = self._context.settings.arn("endpoint", name)
        self._context.access.check_allowed(caller.access_key_id, "sagemaker:InvokeEndpoint", arn)
        record = self._context.store.endpoints.get(name)
        if record is None or record["EndpointStatus"] in ("Creating", "Failed", "Deleting"):
            account = self._context.settings.account
            raise InvocationRefusedError(f"Endpoint {name} of account {account} not found.")
        traffic = self._lifecycle.traffic(name, _RESTORE_SECONDS)
        if traffic is None:
            raise ServiceUnavailableError(f"Endpoint {name} is being restored; try again.")
        variant = headers.get(_TARGET_VARIANT)
        is_serverless = traffic.plan(variant).serverless is not None
        largest = serverless.LARGEST_BODY_BYTES if is_serverless else LARGEST_BODY_BYTES
        if len(body) > largest:
            raise InvocationRefusedError(
                f"1 validation error detected: Value at 'body' failed to satisfy constraint: "
                f"Member must have length less than or equal to {largest}"
            )
        passed = {key: headers[key] for key in _PASSED_ON if headers.get(key)}
        with traffic.admit(variant) as admitted:
            answer = self._answer(name, admitted, passed, body, begun)
        return _response(answer, admitted.variant)

    def _answer(
        self, endpoint: str, admitted: Admitted, headers: dict[str, str], body: bytes, begun: float
    ) -> Answer:
        server, asked = admitted.server, time.monotonic()
        try:
            answer = server.invoke(body, headers)
        except urllib3.exceptions.HTTPError as error:
            self._record(endpoint, admitted, None, begun, asked)
            reason = f"The container did not answer: {error}"
            raise self._model_error(server, 500, reason) from error
        self._record(endpoint, admitted, answer.status, begun, asked)
        if answer.status >= 400:
            shown = answer.body[:_SHOWN_BYTES].decode(errors="replace")
            raise self._model_error(server, answer.status, shown)
        return answer

    def _record(
        self, endpoint: str, admitted: Admitted, status: int | None, begun: float, asked: float
    ) -> None:
        fleet, variant = admitted.fleet, admitted.variant
        self._metrics.record(
            Invocation(
                endpoint=endpoint,
                variant=variant,
                config_name=fleet.config_name,
                status=status,
                model_seconds=time.monotonic() - asked,
                overhead_seconds=asked - begun,
                instances=fleet.instance_counts[variant],
                setup_seconds=fleet.take_setup_seconds(variant),
            )
        )

    def _model_error(self, server: ModelServer, status: int, text: str) -> ModelInvocationError:
        server.log.copy_new_lines()
        settings = self._context.settings
        side = "client" if status < 500 else "server"
        console = f"https://{settings.region}.console.aws.amazon.com/cloudwatch/home"
        message = (
            f'Received {side} error ({status}) from primary with message "{text}". See {console}'
            f"?region={settings.region}#logEventViewer:group={server.log.group} in account "
            f"{settings.account} for more information."
        )
        members = {
            "OriginalStatusCode": status,
            "OriginalMessage": text,
            "LogStreamArn": server.log.arn,
        }
        return ModelInvocationError(message, members)


def _check_headers(endpoint: str, headers: Mapping[str, str]) -> None:
    """Refuse what the model of InvokeEndpoint does not allow, before a container sees it."""
    shape = input_shape("sagemaker-runtime", "InvokeEndpoint")
    given = {
        name: headers[header]
        for name, member in (shape.members if shape else {}).items()
        if (header := member.serialization.get("name", "").lower()) and headers.get(header)
    }
    request = {**given, "EndpointName": endpoint, "Body": b""}
    try:
        validate("sagemaker-runtime", "InvokeEndpoint", request)
    except ModelValidationError as error:
        raise InvocationRefusedError(str(error)) from error


def _response(answer: Answer, variant: str) -> Response:
    given = {name.lower(): value for name, value in answer.headers.items()}
    headers = {
        _CONTENT_TYPE: given.get("content-type", "application/octet-stream"),
        "x-Amzn-Invoked-Production-Variant": variant,
    }
    if given.get(_CUSTOM):
        headers["X-Amzn-SageMaker-Custom-Attributes"] = given[_CUSTOM]
    return answer.status, headers, answer.body
