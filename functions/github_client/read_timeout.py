"""How long an answer of GitHub is waited for: a setting of the registration."""

from collections.abc import Mapping

from github_client.errors import SettingError

VARIABLE = "GITHUB_READ_TIMEOUT_SECONDS"
# GitHub itself ends a request after 10 seconds; what takes longer was lost on the way.
DEFAULT_SECONDS = 12.0
_LEAST_SECONDS, _MOST_SECONDS = 1.0, 60.0


def read_timeout_seconds(environment: Mapping[str, str]) -> float:
    """Return what the function's environment says, or the default.

    Raises:
        SettingError: it is no number of seconds from 1 to 60.
    """
    said = environment.get(VARIABLE, "")
    if not said:
        return DEFAULT_SECONDS
    try:
        seconds = float(said)
    except ValueError:
        seconds = 0.0
    if not _LEAST_SECONDS <= seconds <= _MOST_SECONDS:
        raise SettingError(VARIABLE, said, "a number of seconds from 1 to 60")
    return seconds
