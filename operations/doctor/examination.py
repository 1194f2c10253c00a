"""Looks at one thing after the other; what may not be read is noted, and the rest goes on."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import requests
from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.findings import Finding

_REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:\w+)")


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Args:
        about: what it is, as findings have it.
        service: whose rights are asked, as policies write it.
        look: finds; may raise what boto3 and requests raise.
    """

    about: str
    service: str
    look: Callable[[], Iterable[Finding]]


def examine(check: Check) -> Iterator[Finding]:
    """Look at one thing, and make a finding of what hinders that."""
    try:
        yield from check.look()
    except ClientError as error:
        yield _refused(check, error)
    except BotoCoreError as error:
        yield _unreachable(check, "AWS", str(error))
    except requests.RequestException as error:
        yield _unreachable(check, "GitHub", type(error).__name__)


def missing_right(error: ClientError, service: str) -> str | None:
    """The right that a refusal is about, as policies write it; None for any other error."""
    said = error.response.get("Error", {})
    if said.get("Code") not in _REFUSALS:
        return None
    named = _ACTION.search(said.get("Message", ""))
    return named[1] if named else f"{service}:{error.operation_name}"


def _refused(check: Check, error: ClientError) -> Finding:
    right = missing_right(error, check.service)
    if right is None:
        return _unreachable(check, "AWS", describe(error))
    return Finding(
        "note",
        check.about,
        f"Not everything about {check.about} is known, because the right {right} is missing; give "
        "it to AWS_PROFILE, or let somebody look who has it.",
    )


def _unreachable(check: Check, who: str, why: str) -> Finding:
    return Finding(
        "fails",
        check.about,
        f"{who} did not answer about {check.about} ({why}); check the network, a proxy and the "
        "credentials, then run this again.",
    )
