"""What every error of our services is.

ServiceError
├── OperationNotModelledError  UnknownOperationException: this rehearsal does not model it
└── a service's own errors, each with the code that AWS sends
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """An error that goes to the client with its code and status."""

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str, members: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.members = members or {}


class OperationNotModelledError(ServiceError):
    """AWS has the operation, this rehearsal has not."""

    code = "UnknownOperationException"
