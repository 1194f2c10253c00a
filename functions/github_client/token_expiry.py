"""When a token runs out, as GitHub says it with each answer."""

from collections.abc import Mapping
from datetime import UTC, datetime

WARN_BELOW_DAYS = 14
_HEADER = "github-authentication-token-expiration"
_SECONDS_A_DAY = 86400.0


def read_expiration(headers: Mapping[str, str]) -> datetime | None:
    """Return the moment in the header of an answer, in UTC; None for a token without end.

    GitHub writes `2026-12-01 10:00:00 UTC`, and `2026-12-01 11:00:00 +0100` where the token was
    made in another time zone. Another form is no reason to fail a launch: it counts as none.
    """
    value = headers.get(_HEADER, "").strip()
    try:
        moment = datetime.strptime(value.replace(" UTC", " +0000"), "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None
    return moment.astimezone(UTC)


def days_until(moment: datetime, now: float) -> float:
    """Return the days from `now` (seconds since the epoch) to `moment`, never negative."""
    return max(0.0, (moment.timestamp() - now) / _SECONDS_A_DAY)
