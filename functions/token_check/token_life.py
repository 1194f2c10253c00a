"""Asks GitHub how long one token lasts."""

from dataclasses import replace

from github_client.connection import connect
from github_client.errors import GitHubError, InvalidTokenError, TokenSecretGoneError
from github_client.read_timeout import read_timeout_seconds
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox

# One server that is silent must not use up the time of the other projects.
_SECONDS_A_TOKEN = 30.0
_TRIES_A_TOKEN = 2


class TokenUnknownError(Exception):
    """It cannot be told how long a token lasts."""


def days_left(tools: Toolbox, secret_arn: str, deadline: Deadline) -> float | None:
    """Return the days that a token lasts, 0 if it does not work, None if it has no end.

    Raises:
        TokenUnknownError: the secret cannot be read, or GitHub gave no usable answer.
    """
    try:
        seconds = max(_SECONDS_A_TOKEN, _TRIES_A_TOKEN * read_timeout_seconds(tools.environment))
        ends_at = min(deadline.ends_at, deadline.clock() + seconds)
        own = replace(deadline, ends_at=ends_at)
        api = connect(tools.outlasting(own), secret_arn, own)
        # An app's token may not ask this, and is told its end all the same.
        api.send("GET", "/user", accept=(403,))
    except (InvalidTokenError, TokenSecretGoneError):
        return 0.0
    except GitHubError as error:
        raise TokenUnknownError(str(error)) from None
    return api.token_days_left
