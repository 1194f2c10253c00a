"""Values that hold while something is done, and in the tasks and threads that it starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Value = TypeVar("Value")


@contextmanager
def holding(variable: ContextVar[Value], value: Value) -> Iterator[None]:
    """Give a variable a value inside."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
