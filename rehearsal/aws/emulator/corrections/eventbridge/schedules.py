"""The minutes of schedules may pass faster, for who wants to see a rule that runs by itself.

Sixty seconds are a minute unless the server is told otherwise, in plays too. Only `rate(…)` is
compressed; a time of the day stays one.
"""

from __future__ import annotations

from typing import Any

from ministack.services import eventbridge

from rehearsal.aws.emulator.settings import SECONDS_PER_MINUTE
from rehearsal.aws.emulator.wrapping import wrap


def apply(seconds_per_minute: float = SECONDS_PER_MINUTE) -> None:
    """Compress the rates, and how often MiniStack looks for rules that are due."""
    share = seconds_per_minute / SECONDS_PER_MINUTE

    def rate_seconds(parse: Any, expression: str) -> float | None:
        seconds = parse(expression)
        return None if seconds is None else seconds * share

    wrap(rate_seconds, "_parse_rate_seconds", eventbridge)
    eventbridge._SCHEDULER_TICK_INTERVAL *= share
