"""IAM as SageMaker uses it: passing roles, assuming them, and acting with their permissions.

The policies are MiniStack's own; with its `AUTH` switched off nothing is refused here either.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ministack import app as ministack_app
from ministack.core import iam_evaluator
from ministack.core.responses import request_scope
from ministack.services import iam, sts
from ministack.services.tagging import resource_tags

from rehearsal.aws.emulator.iam.identity_policies import (
    decision,
    not_authorized,
    resource_tag_keys,
    role_session,
)
from rehearsal.aws.sagemaker.errors import AccessRefusedError, RequestRefusedError

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

    def __init__(self, account: str, region: str, root_secret: str) -> None:
        self._account = account
        self._region = region
        self._root_secret = root_secret

    def root(self) -> Credentials:
        """Those of the account itself, for what SageMaker looks up on its own behalf."""
        return Credentials(self._account, self._root_secret)

    def check_role_exists(self, role_arn: str) -> None:
        """Refuse a request that names a role which is not there."""
        if self._role(role_arn) is None:
            raise RequestRefusedError(
                f"Could not find the role '{role_arn}'. Ensure that the role exists."
            )

    def check_may_pass(self, access_key_id: str, role_arn: str) -> None:
        """Refuse a caller that lacks iam:PassRole on the role; no key means no check."""
        service = {"iam:PassedToService": _SERVICE}
        self.check_allowed(access_key_id, "iam:PassRole", role_arn, service)

    def check_allowed(
        self,
        access_key_id: str,
        action: str,
        resource: str,
        context: dict[str, Any] | None = None,
    ) -> None:
        """Refuse an action that the policies behind a key do not allow.

        Raises:
            AccessRefusedError: names the principal, the action and the resource.
        """
        if not access_key_id or not ministack_app.AUTH:
            return
        with request_scope(self._account, self._region):
            principal = iam_evaluator.resolve_principal(access_key_id, self._account)
            if isinstance(principal, iam_evaluator.AuthError):
                raise AccessRefusedError(principal.message)
            keys = {key.lower(): value for key, value in (context or {}).items()}
            answer = decision(principal, action, resource, _standing(resource) | keys)
        if answer != "Allow":
            raise AccessRefusedError(not_authorized(principal.arn, action, resource))

    def identity(self, access_key_id: str) -> dict[str, Any]:
        """The UserContext of a caller, as GetCallerIdentity knows it.

        Empty when CloudFormation or the service itself asks. People of a Studio domain, whom AWS
        would name by their user profile too, do not exist here.
        """
        with request_scope(self._account, self._region):
            caller = iam_evaluator.resolve_caller_identity(access_key_id)
        if caller is None:
            return {}
        return {"IamIdentity": {"Arn": caller["userArn"], "PrincipalId": caller["userId"]}}

    def refused(self, role_arn: str, action: str, resource: str) -> str:
        """AWS's sentence if SageMaker, working as a role, may not do something; else empty."""
        if not ministack_app.AUTH:
            return ""
        with request_scope(self._account, self._region):
            session = role_session(role_arn, "SageMaker")
            if decision(session, action, resource, _standing(resource)) == "Allow":
                return ""
        return not_authorized(session.arn, action, resource)

    def assume(self, role_arn: str, session_name: str = "SageMaker") -> Credentials:
        """Credentials of a role, as SageMaker gets them before it acts for the customer.

        Raises:
            RoleNotAssumableError: no such role, or its trust policy leaves SageMaker out.
        """
        role = self._role(role_arn)
        if role is None:
            raise RoleNotAssumableError(f"The role {role_arn} does not exist.")
        if not _trusts_sagemaker(role["AssumeRolePolicyDocument"]):
            raise RoleNotAssumableError(
                f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
                f"principal '{_SERVICE}' to assume the role."
            )
        return self._session(role_arn, session_name)

    def _session(self, role_arn: str, session_name: str) -> Credentials:
        digest = hashlib.sha256(f"sagemaker:{session_name}:{role_arn}".encode()).hexdigest()
        credentials = Credentials(f"ASIA{digest[:16].upper()}", digest, digest[::-1])
        role_name = role_arn.rsplit("/", 1)[-1]
        with request_scope(self._account, self._region):
            sts.register_session(
                credentials.access_key_id,
                {
                    "Arn": (
                        f"arn:aws:sts::{self._account}:assumed-role/{role_name}/{session_name}"
                    ),
                    "UserId": f"{role_name}:{session_name}",
                    "SecretAccessKey": credentials.secret_access_key,
                    "SessionToken": credentials.session_token,
                },
            )
        return credentials

    def _role(self, role_arn: str) -> dict[str, Any] | None:
        with request_scope(self._account, self._region):
            role: dict[str, Any] | None = iam._roles.get(role_arn.rsplit("/", 1)[-1])
        return role if role and role["Arn"] == role_arn else None


def _standing(resource: str) -> dict[str, str]:
    """Condition keys of the tags that a resource has."""
    return resource_tag_keys(resource_tags(resource) or {})


def _trusts_sagemaker(policy: str | dict[str, Any]) -> bool:
    document = json.loads(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    effects = {s.get("Effect") for s in statements if _names_sagemaker(s)}
    return effects == {"Allow"}


def _names_sagemaker(statement: dict[str, Any]) -> bool:
    actions = statement.get("Action", [])
    actions = [actions] if isinstance(actions, str) else actions
    if not {"sts:AssumeRole", "sts:*", "*"} & set(actions):
        return False
    principal = statement.get("Principal", {})
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return _SERVICE in ([services] if isinstance(services, str) else services)
