"""Puts functions of ours around those that MiniStack calls by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any


def wrap(ours: Callable[..., Any], name: str, *modules: Any) -> None:
    """Let a function of ours be called in the place of MiniStack's.

    Args:
        ours: takes the function that had the name before, then what that takes.
        name: of the function.
        modules: which have it under that name; all but the first have imported it.

    Raises:
        AttributeError: MiniStack has no such name any more.
    """
    wrapped = partial(ours, getattr(modules[0], name))
    for module in modules:
        setattr(module, name, wrapped)
