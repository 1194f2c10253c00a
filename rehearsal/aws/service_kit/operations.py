"""Operations of our services: what each is given, and which of the API's it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Record = dict[str, Any]
Method = TypeVar("Method", bound=Callable[..., Record])
_MARK = "answers_operation"


@dataclass(frozen=True)
class RequestContext:
    """Who asks.

    Args:
        access_key_id: the caller's key; empty when CloudFormation or the service itself asks, whose
            permissions are checked elsewhere.
    """

    access_key_id: str = ""


SERVICE = RequestContext()
Operation = Callable[[Record, RequestContext], Record]


def answers(operation: str) -> Callable[[Method], Method]:
    """Mark a method as what answers an operation of the API."""

    def mark(method: Method) -> Method:
        setattr(method, _MARK, operation)
        return method

    return mark


def operations_of(*areas: object) -> dict[str, Callable[..., Record]]:
    """The methods that are marked, by the operations that they answer."""
    return {
        getattr(method, _MARK): getattr(area, name)
        for area in areas
        for name, method in vars(type(area)).items()
        if hasattr(method, _MARK)
    }
