"""AWS in memory, where each call may go wrong as AWS does.

Requests are checked against botocore's models. Before an error arrives, the tries that boto3 makes
have passed on the clock.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.exceptions import ReadTimeoutError
from botocore.validate import validate_parameters

from tests.killed_function import FunctionKilled
from tests.unit.functions.fake_aws import AwsFault, FakeClient
from tests.unit.functions.invocation_fakes import client_error

# Kind -> code, status and words; the last two end when somebody acts.
ERRORS = {
    "throttled": ("ThrottlingException", 400, "Rate exceeded"),
    "busy": ("SlowDown", 503, "Please reduce your request rate."),
    "failing": ("InternalFailure", 500, "We encountered an internal error."),
    "key disabled": ("KMS.DisabledException", 400, "arn:aws:kms:x:1:key/2 is disabled."),
    "denied": ("AccessDeniedException", 400, "User is not authorized to perform it."),
}
# Not done and no answer; done and no answer.
SILENCE = ("silent", "lost")
DEATHS = ("kill", "kill-after")
APPLIED = ("lost", "kill-after")
PASSING = ("throttled", "busy", "failing", *SILENCE)
KINDS = (*PASSING, *DEATHS, "key disabled", "denied")
BOTO_SECONDS = {"throttled": 10.0, "busy": 10.0, "failing": 10.0, "silent": 80.0, "lost": 80.0}


@dataclass(frozen=True)
class Call:
    """One call: an operation, and which of its calls it was."""

    operation: str
    nth: int


@dataclass
class FaultyAws:
    """Services, whose operations are methods named `_Operation`; and what goes wrong.

    `calls`: every operation that was asked for. `pass_time`: moves the clock.
    """

    services: tuple[Any, ...]
    pass_time: Callable[[float], None]
    faults: list[AwsFault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def client(self, service: str) -> FakeClient:
        """Return the client of a service."""
        return FakeClient(self, service)  # type: ignore[arg-type]  # asks it by `call` alone

    def call(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        """Do one call, or what a fault does instead."""
        validate_parameters(request, _model(service).operation_model(operation).input_shape)
        self.calls.append(operation)
        fault = next((fault for fault in self.faults if fault.strikes(operation)), None)
        if fault is None:
            return self._do(operation, request)
        self.pass_time(BOTO_SECONDS.get(fault.kind, 0.0))
        if fault.kind in APPLIED:
            self._do(operation, request)
        raise error_of(fault.kind, operation)

    def _do(self, operation: str, request: dict[str, Any]) -> Any:
        for service in self.services:
            done = getattr(service, f"_{operation}", None)
            if done is not None:
                return done(**request)
        raise AssertionError(f"{operation} is not played here")


def number(operations: Iterable[str]) -> list[Call]:
    """Return calls, each with its number among those of its operation."""
    counts: dict[str, int] = {}
    found = []
    for operation in operations:
        counts[operation] = counts.get(operation, 0) + 1
        found.append(Call(operation, counts[operation]))
    return found


def error_of(kind: str, operation: str) -> BaseException:
    """Return what a call ends in."""
    if kind in DEATHS:
        return FunctionKilled(operation)
    if kind in SILENCE:
        return ReadTimeoutError(endpoint_url=f"https://{operation}.test")
    code, status, words = ERRORS[kind]
    return client_error(operation, code, words, status=status)


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)
