"""IAM as SageMaker uses it: passing roles, assuming them, and acting with their permissions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam, sts

from rehearsal.aws.emulator.iam.service_trust import service_may_assume
from rehearsal.aws.sagemaker.errors import AccessRefusedError, RequestRefusedError
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.service_kit import permissions

_SERVICE = "sagemaker.amazonaws.com"


class RoleNotAssumableError(Exception):
    """SageMaker cannot take on the role; add its service principal to the trust policy."""


@dataclass(frozen=True)
class Credentials:
    """Keys of a role session."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""

    def environment(self) -> dict[str, str]:
        """The variables that every AWS SDK reads."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


class Access:
    """Answers IAM questions for one account and region."""

    def __init__(self, settings: SageMakerSettings) -> None:
        self._settings = settings

    def root(self) -> Credentials:
        """Those of the account itself, for what SageMaker looks up on its own behalf."""
        return Credentials(self._settings.account, self._settings.root_secret)

    def check_role(self, access_key_id: str, role_arn: str) -> None:
        """Refuse a role that does not exist or that the caller may not pass to SageMaker."""
        if self._role(role_arn) is None:
            raise RequestRefusedError(
                f"Could not find the role '{role_arn}'. Ensure that the role exists."
            )
        service = {"iam:PassedToService": _SERVICE}
        self.check_allowed(access_key_id, "iam:PassRole", role_arn, service)

    def check_allowed(
        self,
        access_key_id: str,
        action: str,
        resource: str,
        context: dict[str, Any] | None = None,
    ) -> None:
        """Refuse an action that the policies behind a key do not allow; no key means no check.

        Raises:
            AccessRefusedError: names the principal, the action and the resource.
        """
        if not access_key_id:
            return
        with self._settings.scope():
            problem = permissions.denial(access_key_id, action, resource, context)
        if problem:
            raise AccessRefusedError(problem)

    def identity(self, access_key_id: str) -> dict[str, Any]:
        """The UserContext of a caller, as GetCallerIdentity knows it.

        Empty when CloudFormation or the service itself asks. People of a Studio domain, whom AWS
        would name by their user profile too, do not exist here.
        """
        with self._settings.scope():
            caller = iam_evaluator.resolve_caller_identity(access_key_id)
        if caller is None:
            return {}
        return {"IamIdentity": {"Arn": caller["userArn"], "PrincipalId": caller["userId"]}}

    def refused(
        self, role_arn: str, action: str, resource: str, context: dict[str, Any] | None = None
    ) -> str:
        """AWS's sentence if SageMaker, working as a role, may not do something; else empty."""
        with self._settings.scope():
            return permissions.role_denial(role_arn, "SageMaker", action, resource, context)

    def assume(self, role_arn: str, session_name: str = "SageMaker") -> Credentials:
        """Credentials of a role, as SageMaker gets them before it acts for the customer.

        Raises:
            RoleNotAssumableError: no such role, or its trust policy leaves SageMaker out.
        """
        with self._settings.scope():
            trusted = service_may_assume(role_arn, _SERVICE)
        if not trusted:
            raise RoleNotAssumableError(
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
                f"principal '{_SERVICE}' to assume the role."
            )
        return self._session(role_arn, session_name)

    def _session(self, role_arn: str, session_name: str) -> Credentials:
        digest = hashlib.sha256(f"sagemaker:{session_name}:{role_arn}".encode()).hexdigest()
        credentials = Credentials(f"ASIA{digest[:16].upper()}", digest, digest[::-1])
        name = role_arn.rsplit("/", 1)[-1]
        session = f"assumed-role/{name}/{session_name}"
        with self._settings.scope():
            sts.register_session(
                credentials.access_key_id,
                {
                    "Arn": f"arn:aws:sts::{self._settings.account}:{session}",
                    "UserId": f"{name}:{session_name}",
                    "SecretAccessKey": credentials.secret_access_key,
                    "SessionToken": credentials.session_token,
                },
            )
        return credentials

    def _role(self, role_arn: str) -> dict[str, Any] | None:
        with self._settings.scope():
            role: dict[str, Any] | None = iam._roles.get(role_arn.rsplit("/", 1)[-1])
        return role if role and role["Arn"] == role_arn else None
