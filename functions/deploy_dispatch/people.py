"""Who decided: one name for one person, however he came in.

Two sessions of one role are one person, since whoever may take the role names them as he likes;
two permission sets of one Identity Center user are one, too. Who cannot be named is nobody.
"""

import re
from collections.abc import Mapping
from typing import Any

_SESSION = re.compile(
    r"arn:(?P<partition>[a-z-]+):sts::(?P<account>\d{12}):assumed-role/"
    r"(?P<role>[^/]+)/(?P<session>.+)"
)
_IDENTITY_CENTER = "AWSReservedSSO_"
_PROJECT_ROLE = re.compile(r"mlops-p-[a-z0-9]{12}-.+")
_NAMED = re.compile(r"arn:[a-z-]+:(iam::\d{12}:(user/.+|root)|sts::\d{12}:federated-user/.+)")


def person(context: Mapping[str, Any], function: str) -> str:
    """Name whoever changed a version; empty if it was no person, or nobody that can be named.

    Args:
        context: SageMaker's `UserContext`.
        function: name of the function that works here; what it changes, nobody decided.
    """
    identity = context.get("IamIdentity") or {}
    arn, profile = str(identity.get("Arn") or ""), str(context.get("UserProfileArn") or "")
    session = _SESSION.fullmatch(arn)
    if session is None:
        return profile or (arn if _NAMED.fullmatch(arn) else "")
    role, name = session["role"], session["session"]
    if name == function or _PROJECT_ROLE.fullmatch(role):
        return ""
    if role.startswith(_IDENTITY_CENTER):
        return f"Identity Center user {name}"
    source = str(identity.get("SourceIdentity") or "")
    if profile or source:
        return profile or f"source identity {source}"
    return f"arn:{session['partition']}:iam::{session['account']}:role/{role}"
