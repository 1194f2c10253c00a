"""The stack of what an account needs before the registration."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from github import UnknownObjectException

from operations.account_names import PREREQUISITES
from operations.company_settings import ROLE_PARAMETERS, read_settings
from operations.errors import (
    ProviderAudienceError,
    StackBusyError,
    StackFailedError,
)
from operations.registration.role_names import ROOT_PATH, check_role_names
from operations.registration.setting import Setting
from operations.stacks import find_stack

STACK = PREREQUISITES
_AUDIENCE = "sts.amazonaws.com"
_PAUSE_SECONDS = 2.0
# A stack whose creation failed can only be deleted.
_DEAD = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
_BAD = ("ROLLBACK", "FAILED")


@dataclass(frozen=True)
class PrerequisitesStep:
    """Makes the stack, or brings it up to date."""

    setting: Setting
    title: str = "Prepare the account"

    def look(self) -> str:
        """What differs."""
        check_role_names(self.setting)
        stack = self._stack()
        if stack is None or stack["StackStatus"] in _DEAD:
            return f"make the stack {STACK}: {self._parts()}"
        if stack["StackStatus"].endswith("_IN_PROGRESS"):
            return f"wait for the end of {stack['StackStatus']} of the stack {STACK}"
        known = _parameters_of(stack)
        wanted = self._parameters(stack)
        different = sorted(name for name, value in wanted.items() if known.get(name) != value)
        body = self._cloudformation.get_template(StackName=STACK, TemplateStage="Original")
        if different:
            return f"update the stack {STACK}: {', '.join(different)}"
        return "" if body["TemplateBody"] == self._template else f"update the stack {STACK}"

    def do(self) -> None:
        """Make or update the stack, and wait for its end."""
        stack = self._settled()
        if stack is not None and stack["StackStatus"] in _DEAD:
            self._cloudformation.delete_stack(StackName=STACK)
            stack = self._settled()
        change = self._create if stack is None else self._update
        change(
            StackName=STACK,
            TemplateBody=self._template,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in self._parameters(stack).items()
            ],
        )
        stack = self._settled()
        if stack is None or any(bad in stack["StackStatus"] for bad in _BAD):
            raise StackFailedError(STACK, self._first_failure())

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack tells."""
        stack = self._stack() or {}
        return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}

    @cached_property
    def _cloudformation(self) -> Any:
        return self.setting.client("cloudformation")

    @cached_property
    def _template(self) -> str:
        file = self.setting.folder / "prerequisites" / "prerequisites.yml"
        return file.read_text(encoding="utf-8")

    def _stack(self) -> dict[str, Any] | None:
        return find_stack(self._cloudformation, STACK)

    def _settled(self) -> dict[str, Any] | None:
        for _ in range(300):
            stack = self._stack()
            if stack is None or not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack
            self.setting.sleep(_PAUSE_SECONDS)
        raise StackBusyError(STACK)

    def _create(self, **request: Any) -> None:
        try:
            self._cloudformation.create_stack(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "AlreadyExistsException":
                raise
            self._settled()  # another registration began a moment before
            self._update(**request)

    def _update(self, **request: Any) -> None:
        try:
            self._cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise

    def _parameters(self, stack: dict[str, Any] | None) -> dict[str, str]:
        setting, known = self.setting, _parameters_of(stack)
        return {
            "ExecutionRoleArn": setting.role_arn,
            "ExecutionRoleName": ",".join(self._role_names(known["ExecutionRoleName"])),
            # A registration by hand leaves the role of a workflow as it is.
            "RepositorySubject": self._subject() if setting.owner else known["RepositorySubject"],
            "OpenIdConnectIssuer": setting.github.issuer,
            "CreateOpenIdConnectProvider": str(self._makes_provider(stack)).lower(),
            "BootstrapQualifier": setting.qualifier,
            **self._wishes_for_roles(known),
        }

    def _wishes_for_roles(self, known: Mapping[str, str]) -> dict[str, str]:
        """Those of the setting; where only the workflow may have them, what is there stays."""
        settings = read_settings(self.setting.folder)
        first = {"RolePath": ROOT_PATH}
        return {
            parameter: settings.get(name) or known[parameter] or first.get(parameter, "")
            for name, parameter in ROLE_PARAMETERS.items()
        }

    def _role_names(self, known: str) -> tuple[str, ...]:
        """Those of the setting; where only the workflow may have it, those that are there stay."""
        setting = self.setting
        if setting.further_roles or setting.found_settings or not setting.owner:
            return setting.role_names
        return tuple(dict.fromkeys([*setting.role_names, *known.split(",")[1:]]))

    def _subject(self) -> str:
        """How GitHub names the repository in its tokens; empty while it is still to be made."""
        try:
            repository = self.setting.repository()
            url = f"{repository.url}/actions/oidc/customization/sub"
            _, told = repository.requester.requestJsonAndCheck("GET", url)
        except UnknownObjectException:
            return ""
        return str(told["sub_claim_prefix"])

    def _makes_provider(self, stack: dict[str, Any] | None) -> bool:
        """Whether the provider is, or becomes, the stack's; an existing one is only looked at."""
        if stack is not None:
            return _parameters_of(stack)["CreateOpenIdConnectProvider"] == "true"
        identity, issuer = self.setting.identity, self.setting.github.issuer
        arn = f"arn:{identity.partition}:iam::{identity.account}:oidc-provider/{issuer}"
        iam = self.setting.client("iam")
        try:
            found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchEntity", "NoSuchEntityException"):
                return True
            raise
        if _AUDIENCE not in found["ClientIDList"]:
            raise ProviderAudienceError(arn, _AUDIENCE)
        return False

    def _parts(self) -> str:
        workflow = "a role for the workflow, " if self.setting.owner else ""
        roles = " and ".join(self.setting.role_names)
        return (
            f"GitHub's identity provider unless it is there, {workflow}"
            f"/sagemaker/execution/role, and the right of {roles} to make projects"
        )

    def _first_failure(self) -> str:
        events = self._cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        bad = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        if not bad:
            return "CloudFormation names no reason"
        first = bad[-1]
        return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'no reason')}"


def _parameters_of(stack: dict[str, Any] | None) -> dict[str, str]:
    """Parameters of a stack by name; those of none are empty."""
    told = [] if stack is None else stack.get("Parameters", [])
    known = {one["ParameterKey"]: one["ParameterValue"] for one in told}
    return defaultdict(str, known)
