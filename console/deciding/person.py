"""Whose decision it will be: one name for one person, as the dispatch function names people.

Two sessions of one role are one person to it, and a role of a project is nobody.
"""

import re

_SESSION = re.compile(
    r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/"
    r"(?P<role>[^/]+)/(?P<session>.+)"
)
_IDENTITY_CENTER = "AWSReservedSSO_"
_PROJECT_ROLE = re.compile(r"mlops-p-[a-z0-9]{12}-.+")
_NAMED = re.compile(r"arn:[a-z-]+:(iam::\d{12}:(user/.+|root)|sts::\d{12}:federated-user/.+)")


def person_of(arn: str) -> str:
    """Name whoever has these credentials; empty if their decisions count as nobody's.

    Args:
        arn: as STS tells it. A source identity, which names people who share a role, it leaves out.
    """
    session = _SESSION.fullmatch(arn)
    if session is None:
        return arn if _NAMED.fullmatch(arn) else ""
    role = session["role"]
    if _PROJECT_ROLE.fullmatch(role):
        return ""
    if role.startswith(_IDENTITY_CENTER):
        return f"Identity Center user {session['session']}"
    return f"arn:{session['partition']}:iam::{session['account']}:role/{role}"
