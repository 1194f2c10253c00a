"""The moment by which an invocation must have done its work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# What one call of AWS lasts at the longest, with the tries of `toolbox.py` and their pauses.
AWS_CALL_SECONDS = 90.0


class LambdaContext(Protocol):
    """The part of Lambda's context object that the functions read."""

    aws_request_id: str
    invoked_function_arn: str
    log_group_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout."""
        ...


@dataclass(frozen=True)
class Deadline:
    """A point on `clock` (seconds since the epoch) and the means to wait for less than it."""

    ends_at: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    @classmethod
    def of(
        cls,
        context: LambdaContext,
        *,
        reserve_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> "Deadline":
        """Take the invocation's remaining time less what the final answer needs."""
        left_seconds = context.get_remaining_time_in_millis() / 1000
        return cls(clock() + left_seconds - reserve_seconds, clock, sleep)

    def remaining_seconds(self) -> float:
        """Return the time left, never negative."""
        return max(0.0, self.ends_at - self.clock())

    def allows(self, seconds: float) -> bool:
        """Tell whether a wait of `seconds` leaves time for anything after it."""
        return seconds < self.remaining_seconds()
