"""Work on MiniStack's own tables, which only its event loop may change.

MiniStack's services iterate over their tables without locks; a thread that adds to one meanwhile
would fail a client's request or lose what it added.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from typing import TypeVar

from ministack import app as gateway
from ministack.core.responses import request_scope

_PATIENCE_SECONDS = 5.0
Result = TypeVar("Result")


def on_event_loop(
    act: Callable[[], Result],
    *,
    account: str,
    region: str,
    patience_seconds: float | None = _PATIENCE_SECONDS,
) -> Result | None:
    """Do something on the event loop for an account, and wait for its result.

    Answers None when there is no loop, because the server starts or ends, or when patience ends.
    """
    loop = gateway._MAIN_LOOP
    done: concurrent.futures.Future[Result] = concurrent.futures.Future()

    def act_there() -> None:
        try:
            with request_scope(account, region):
                done.set_result(act())
        except Exception as error:  # noqa: BLE001 # raised again where it was asked for
            done.set_exception(error)

    try:
        loop.call_soon_threadsafe(act_there)
    except (AttributeError, RuntimeError):
        return None
    try:
        return done.result(patience_seconds)
    except TimeoutError:
        return None
