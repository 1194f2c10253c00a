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

_checking: contextvars.ContextVar[bool] = contextvars.ContextVar("checking", default=False)


def apply() -> None:
    """Keep the requests of root for the signature check too."""
    is_root_key = iam_evaluator._is_root_key
    pin = iam_evaluator.pin_signed_request

    def is_exempt(access_key_id: str) -> bool:
        return not _checking.get() and bool(is_root_key(access_key_id))

    def pin_signed_request(*arguments: Any, **named: Any) -> None:
        with holding(_checking, True):
            pin(*arguments, **named)

    iam_evaluator._is_root_key = is_exempt
    iam_evaluator.pin_signed_request = pin_signed_request
    gateway.pin_signed_request = pin_signed_request
