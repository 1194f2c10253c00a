"""The root user's requests carry a signature that is checked, as everybody's.

MiniStack lets any request pass that names the account's number as its access key, whatever it is
signed with. Then a job without credentials of its own could act as root.
"""

from __future__ import annotations

import contextvars
from typing import Any

from ministack import app as gateway
from ministack.core import iam_evaluator

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.wrapping import wrap

_checking: contextvars.ContextVar[bool] = contextvars.ContextVar("checking", default=False)


def apply() -> None:
    """Keep the requests of root for the signature check too."""
    wrap(_is_exempt, "_is_root_key", iam_evaluator)
    wrap(_pin_checked, "pin_signed_request", iam_evaluator, gateway)


def _is_exempt(is_root_key: Any, access_key_id: str) -> bool:
    return not _checking.get() and bool(is_root_key(access_key_id))


def _pin_checked(pin: Any, *arguments: Any, **named: Any) -> None:
    with holding(_checking, True):
        pin(*arguments, **named)
