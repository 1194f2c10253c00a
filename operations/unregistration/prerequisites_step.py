"""The stack of the prerequisites goes, but for an identity provider that others use."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import describe
from operations.registration.prerequisites_step import STACK
from operations.unregistration.errors import ProviderNotKeptError
from operations.unregistration.provider import roles_that_trust
from operations.unregistration.setting import Setting

_PROVIDER, _ROLE = "AWS::IAM::OIDCProvider", "AWS::IAM::Role"
_UPDATED = "UPDATE_COMPLETE"
_PARAMETER = r"^  ExecutionRoleParameter:\n(?:    .*\n)*?    Properties:\n"


@dataclass(frozen=True)
class _Provider:
    """The provider that the stack made.

    Args:
        id: logical, in the stack.
        arn: of the provider.
        users: roles of others that trust it.
    """

    id: str
    arn: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class PrerequisitesStep:
    """Deletes the stack with all that it made."""

    setting: Setting
    title: str = "Take the prerequisites out of the account"

    def look(self) -> str:
        """Whether it is there."""
        line = self.setting.stack(STACK).look()
        provider = self._provider() if line else None
        if provider is None or not provider.users:
            return line
        return f"{line}, but leave {provider.arn}, trusted by {', '.join(provider.users)}"

    def do(self) -> None:
        """Delete it."""
        stack = self.setting.stack(STACK)
        if stack.settled() is None:
            return
        provider = self._provider()
        if provider is None or not provider.users:
            stack.do()
        elif stack.has_failed_before():
            stack.do(retained=[provider.id])
        else:
            self._keep(provider)
            stack.do()

    @cached_property
    def _cloudformation(self) -> Any:
        return self.setting.client("cloudformation")

    def _provider(self) -> _Provider | None:
        parts = self._cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        there = [one for one in parts if one["ResourceStatus"] != "DELETE_COMPLETE"]
        own = {one["PhysicalResourceId"] for one in there if one["ResourceType"] == _ROLE}
        for one in there:
            if one["ResourceType"] == _PROVIDER and one.get("PhysicalResourceId"):
                arn = str(one["PhysicalResourceId"])
                users = sorted({*roles_that_trust(self.setting.client("iam"), arn)} - own)
                return _Provider(one["LogicalResourceId"], arn, tuple(users))
        return None

    def _keep(self, provider: _Provider) -> None:
        """Have the stack retain its provider: only a deletion that failed can be told so itself."""
        body = self._cloudformation.get_template(StackName=STACK, TemplateStage="Original")
        told = self._cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        names = [one["ParameterKey"] for one in told.get("Parameters", [])]
        text = with_retained(body["TemplateBody"], provider.id)
        if text is None:
            raise ProviderNotKeptError(STACK, provider.arn, "its template is not ours")
        if text == body["TemplateBody"]:
            return
        try:
            self._cloudformation.update_stack(
                StackName=STACK,
                TemplateBody=text,
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[{"ParameterKey": name, "UsePreviousValue": True} for name in names],
            )
        except ClientError as error:
            raise ProviderNotKeptError(STACK, provider.arn, describe(error)) from None
        stack = self.setting.stack(STACK).settled()
        if stack is None or stack["StackStatus"] != _UPDATED:
            why = "its update was taken back" if stack else "it is gone"
            raise ProviderNotKeptError(STACK, provider.arn, why)


def with_retained(template: str | Mapping[str, Any], logical_id: str) -> str | None:
    """A template, as YAML, in which a resource is retained; None if it is written otherwise.

    A deletion policy alone is no update to CloudFormation, so the parameter's tier, which it has
    anyway, is written down as well.
    """
    if not isinstance(template, str):
        return None
    head = rf"^  {re.escape(logical_id)}:\n"
    if re.search(head + r"    DeletionPolicy: Retain\n", template, re.M):
        return template
    text, count = re.subn(head, r"\g<0>    DeletionPolicy: Retain\n", template, flags=re.M)
    text, changed = re.subn(_PARAMETER, r"\g<0>      Tier: Standard\n", text, flags=re.M)
    return text if (count, changed) == (1, 1) else None
