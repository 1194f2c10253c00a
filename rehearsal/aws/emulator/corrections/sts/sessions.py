"""Role sessions: lengths and ids as on AWS, root assumes no role, sessions survive a restart.

One that has expired is known as such for a while: AWS then answers ExpiredToken, not that there is
no such key.
"""

from __future__ import annotations

import time
from typing import Any

from ministack.core.iam_evaluator import is_root_access_key
from ministack.services import iam, sts

from rehearsal.aws.emulator.iam import resource_owners
from rehearsal.aws.emulator.service_requests import Request, Serve, serve_first
from rehearsal.aws.emulator.wrapping import wrap

_SHORTEST_SECONDS = 900
_DEFAULT_SECONDS = 3600
_REMEMBERED_SECONDS = 86_400.0
_ACTIONS = ("AssumeRole", "AssumeRoleWithWebIdentity")


def apply() -> None:
    """Check requests before MiniStack answers them, and give STS a state to keep."""
    serve_first(sts, _serve_if_valid)
    wrap(_register_with_role_id, "register_session", sts)
    sts._evict_expired_sessions = lambda: forget_expired(sts._sessions, time.time())
    sts.get_state = lambda: {"sessions": dict(sts._sessions)}
    sts.load_persisted_state = _restore


async def _serve_if_valid(request: Request, serve: Serve) -> Any:
    return _problem(request) or await serve(request)


def _register_with_role_id(register: Any, key: str, session: dict[str, Any]) -> Any:
    """Name a session by its role's id; MiniStack names those of functions by the role's name."""
    arn = str(session.get("Arn", ""))
    role = role_of_session(arn)
    if role is not None:
        session_name = arn.partition("/")[2].partition("/")[2]
        session = {**session, "UserId": f"{role['RoleId']}:{session_name}"}
    return register(key, session)


def role_of_session(arn: str) -> dict[str, Any] | None:
    """The role that a session took, by the session's ARN; None for everybody else's ARN."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    if kind != "assumed-role":
        return None
    role: dict[str, Any] | None = iam._roles.get_scoped(
        arn.split(":")[4], None, rest.partition("/")[0]
    )
    return role


def forget_expired(sessions: dict[str, dict[str, Any]], now: float) -> None:
    """Drop the sessions that expired long ago."""
    for key, session in list(sessions.items()):
        if session.get("Expiration", now) < now - _REMEMBERED_SECONDS:
            del sessions[key]


def _restore(data: dict[str, Any]) -> None:
    sts._sessions.update(data.get("sessions", {}))
    forget_expired(sts._sessions, time.time())


def _problem(request: Request) -> Any | None:
    asked = request.texts
    if asked.get("Action") not in _ACTIONS:
        return None
    if asked["Action"] == "AssumeRole" and is_root_access_key(request.access_key_id):
        return sts._error(
            403, "AccessDenied", "Roles may not be assumed by root accounts.", ns="sts"
        )
    seconds = int(asked.get("DurationSeconds") or _DEFAULT_SECONDS)
    if seconds < _SHORTEST_SECONDS:
        message = (
            f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to "
            "satisfy constraint: Member must have value greater than or equal to 900"
        )
        return sts._error(400, "ValidationError", message, ns="sts")
    role = _role(asked.get("RoleArn", ""))
    if seconds > int(role.get("MaxSessionDuration") or _DEFAULT_SECONDS):
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        return sts._error(400, "ValidationError", message, ns="sts")
    return None


def _role(arn: str) -> dict[str, Any]:
    """The role in the account that the ARN names; empty when there is none."""
    owner, name = resource_owners.owner_of(arn), arn.rsplit("/", 1)[-1]
    role: dict[str, Any] | None = iam._roles.get_scoped(owner, None, name)
    return role or {}
