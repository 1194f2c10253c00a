"""As whom CloudFormation works on a stack: as its role, or else as whoever asked.

Source: CloudFormation user guide, "AWS CloudFormation service role" ("CloudFormation uses this role
for all future operations on the stack"; without one, "a temporary session that CloudFormation
generates from your user credentials").
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.iam.identity_policies import role_session

_SESSION = "AWSCloudFormation"


@dataclass(frozen=True)
class ActingPrincipal:
    """A role by its ARN, or a caller by the access key of the request; neither for our own calls.

    Attributes:
        session: name of the role's session.
    """

    role_arn: str = ""
    access_key_id: str = ""
    session: str = _SESSION

    def resolve(self) -> iam_evaluator.PrincipalInfo | None:
        """The principal with its policies as they are now; None for our own calls.

        A role or a key that is gone has an empty list of policies, a root user has none.
        """
        if self.role_arn:
            return role_session(self.role_arn, self.session)
        if not self.access_key_id:
            return None
        found = iam_evaluator.resolve_principal(self.access_key_id, get_account_id())
        if isinstance(found, iam_evaluator.AuthError):
            return iam_evaluator.PrincipalInfo(self.access_key_id, "User", get_account_id(), [])
        return found


_acting: ContextVar[ActingPrincipal | None] = ContextVar("acting", default=None)


def acting_as(principal: ActingPrincipal) -> AbstractContextManager[None]:
    """Work as a principal inside; tasks that are started inside go on as it."""
    return holding(_acting, principal)


def current() -> iam_evaluator.PrincipalInfo | None:
    """The principal that the present stack operation works as."""
    acting = _acting.get()
    return acting.resolve() if acting else None
