"""The CloudFormation stack of a stage as it is: what it serves, and the way back.

`save` keeps the template that serves now, before a deployment, and says what the deployment cannot
take back; `restore` says what failed since and brings that back, all at once, or removes the
stage's endpoint if there was none; `remove` takes the endpoint away; `look` says what it serves.

What changes the stage says so before it does, by the output `touched`.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from deploy_endpoint.errors import EndpointError, SettingsError, aws_errors_explained
from deploy_endpoint.github_run import hand_on
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.settings.stage_settings import (
    STAGES_FILE,
    load_stages,
    stage_name,
)
from deploy_endpoint.stack.served_endpoint import (
    CONFIG_OUTPUT,
    VERSION_OUTPUT,
    all_at_once,
    is_serverless,
    parse,
    served_version,
    tell_what_stays,
    wait_until_serves,
)

_SERVING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
# What is left of a creation that failed, or of a removal; a deployment begins anew.
_EMPTY = (
    "CREATE_FAILED",
    "DELETE_FAILED",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
)
# A rollback that came to no end, such as of an endpoint whose alarm was still on.
_STUCK = "UPDATE_ROLLBACK_FAILED"
_POLL_SECONDS = 5
_POLL = {"Delay": _POLL_SECONDS, "MaxAttempts": 720}
# What is left of an hour's credentials must do for the change itself.
_LONGEST_WAIT_SECONDS = 2400.0
_CUT_OFF = "The deployment was cut off, and the log of its run tells why."
_NO_UPDATE = "No updates are to be performed"


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a stage served at some time.

    Args:
        event: id of the stack's newest event then.
        template: of the stack; empty if it served nothing.
        tags: of the stack.
        outputs: of the stack.
    """

    event: str
    template: str = ""
    tags: list[dict[str, str]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)


class StageStack:
    """One stack, by its name.

    Args:
        cloudformation: boto3 client of the stage's account.
        name: of the stack.
        clock: seconds that only grow.
        sleep: lets seconds pass.
    """

    def __init__(
        self,
        cloudformation: Any,
        name: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cloudformation = cloudformation
        self._name = name
        self._clock = clock
        self._sleep = sleep
        self.has_waited = False

    def describe(self) -> dict[str, Any] | None:
        """The stack; None if there is none."""
        with aws_errors_explained(f"describe stack {self._name}"):
            try:
                stacks = self._cloudformation.describe_stacks(StackName=self._name)["Stacks"]
            except self._cloudformation.exceptions.ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
        return dict(stacks[0])

    def settled(self) -> dict[str, Any] | None:
        """The stack when nothing changes it any more; a rollback that got stuck is tried again.

        Raises:
            EndpointError: it keeps changing, or its rollback fails once more.
        """
        stack = self.at_rest()
        if stack is None or stack["StackStatus"] != _STUCK:
            return stack
        print(f"The last update of stack {self._name} was not rolled back to its end; going on.")
        hand_on("touched", "true")
        event = self._newest_event()
        with aws_errors_explained(f"continue the rollback of stack {self._name}"):
            self._cloudformation.continue_update_rollback(StackName=self._name)
        self._sleep(_POLL_SECONDS)
        stack = self.at_rest()
        if stack is not None and stack["StackStatus"] == _STUCK:
            reason = (self.failure(event) or "no reason given").rstrip(".")
            raise EndpointError(
                f"Stack {self._name} cannot be rolled back ({reason}); mend what that names, or "
                "take the endpoint away with the workflow Remove endpoint, then run this again."
            )
        return stack

    def save(self) -> Earlier:
        """Tell what the stack serves now.

        Raises:
            EndpointError: it is changing or stuck, so that there is no telling what it serves.
        """
        stack = self.settled()
        event = self._newest_event()
        if stack is None or stack["StackStatus"] in _EMPTY:
            return Earlier(event=event)
        if stack["StackStatus"] not in _SERVING:
            raise EndpointError(
                f"Stack {self._name} is {stack['StackStatus']}, so nothing can be deployed; "
                "help it there in CloudFormation, then run this again."
            )
        return Earlier(
            event=event,
            template=self._template(),
            tags=stack.get("Tags", []),
            outputs=_outputs(stack),
        )

    def restore(self, earlier: Earlier, role_arn: str) -> str:
        """Bring back what was served to a stack that is settled, and say what was done.

        Args:
            earlier: what was served.
            role_arn: CloudFormation's, for a stack that must be made anew.
        """
        if not earlier.template:
            return self.remove()
        template = self._template()
        if parse(template) == parse(earlier.template):
            return f"Stack {self._name} has its earlier version already."
        wanted = {"TemplateBody": all_at_once(earlier.template), "Tags": earlier.tags}
        if is_serverless(earlier.template) and not is_serverless(template):
            self.remove()
            with aws_errors_explained(f"create stack {self._name}"):
                self._cloudformation.create_stack(StackName=self._name, RoleARN=role_arn, **wanted)
            self._wait("stack_create_complete")
        # CloudFormation goes on with the role that the stack has.
        elif self.update(**wanted):
            self._wait("stack_update_complete")
        return f"Stack {self._name} has its earlier version again."

    def update(self, **request: Any) -> bool:
        """Begin to update the stack; False if nothing of it is to be updated."""
        with aws_errors_explained(f"update stack {self._name}"):
            try:
                self._cloudformation.update_stack(StackName=self._name, **request)
            except self._cloudformation.exceptions.ClientError as error:
                if _NO_UPDATE not in str(error):
                    raise
                return False
        return True

    def outputs(self) -> dict[str, str]:
        """The outputs of the stack, by their keys; none if there is no stack."""
        return _outputs(self.describe() or {})

    def failure(self, since: str) -> str:
        """Why the last change failed after the event `since`; empty if nothing says so."""
        for event in self._events():
            if event["EventId"] == since:
                break
            reason = str(event.get("ResourceStatusReason", ""))
            if event.get("PhysicalResourceId", "") == event["StackId"]:
                continue  # of the whole stack, it names only which resources failed
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason.lower():
                return f"{event['LogicalResourceId']}: {reason}"
        return ""

    def remove(self) -> str:
        """Delete the stack, and say what was done."""
        if self.at_rest() is None:
            return f"There is no stack {self._name}, so nothing is left to remove."
        hand_on("touched", "true")
        with aws_errors_explained(f"delete stack {self._name}"):
            self._cloudformation.delete_stack(StackName=self._name)
        self._wait("stack_delete_complete")
        return f"Stack {self._name} is removed."

    def at_rest(self) -> dict[str, Any] | None:
        """The stack as soon as nothing changes it, such as a run that was cancelled.

        Raises:
            EndpointError: it keeps changing.
        """
        deadline = self._clock() + _LONGEST_WAIT_SECONDS
        while True:
            stack = self.describe()
            status = stack["StackStatus"] if stack else ""
            if status in _EMPTY or not status.endswith("_IN_PROGRESS"):
                return stack
            if self._clock() >= deadline:
                raise EndpointError(
                    f"Stack {self._name} is {status} still after "
                    f"{_LONGEST_WAIT_SECONDS / 60:g} minutes; wait for its end, then run this "
                    "again."
                )
            self.has_waited = True
            self._sleep(_POLL_SECONDS)

    def _template(self) -> str:
        with aws_errors_explained(f"read the template of stack {self._name}"):
            body = self._cloudformation.get_template(StackName=self._name)["TemplateBody"]
        return body if isinstance(body, str) else json.dumps(body)

    def _newest_event(self) -> str:
        return next((str(event["EventId"]) for event in self._events()), "")

    def _events(self) -> list[dict[str, Any]]:
        """The newest events of the stack, the last first; none if there is no stack."""
        with aws_errors_explained(f"read the events of stack {self._name}"):
            try:
                answer = self._cloudformation.describe_stack_events(StackName=self._name)
            except self._cloudformation.exceptions.ClientError as error:
                if "does not exist" in str(error):
                    return []
                raise
        return list(answer["StackEvents"])

    def _wait(self, what: str) -> None:
        try:
            self._cloudformation.get_waiter(what).wait(StackName=self._name, WaiterConfig=_POLL)
        except WaiterError as error:
            raise EndpointError(
                f"Stack {self._name} did not come to {what}: {str(error).rstrip('.')}; see its "
                "events in CloudFormation."
            ) from error


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _is_stale(stack: StageStack, instead_of: str) -> bool:
    """Tell whether the version that is to be replaced has been replaced already, and say so."""
    served = stack.outputs().get(VERSION_OUTPUT, "")
    hand_on("served", served)
    if not instead_of or served == instead_of:
        return False
    print(f"The stage serves {served or 'nothing'} and no longer {instead_of}; nothing is to do.")
    return True


def _check_found(stack: StageStack, name: str) -> None:
    """Look whether a stage that is not listed lies in the project's account.

    Raises:
        SettingsError: it does not, so it may still serve in an account that nothing here names.
    """
    if stack.describe() is None:
        raise SettingsError(
            f"{STAGES_FILE.as_posix()} has no stage {name!r}, and the project's account has no "
            "endpoint of it; if it lies in an account of its own, add it with that account again, "
            "then run this again."
        )


def _read(file: Path) -> Earlier:
    try:
        return Earlier(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {file}, which tells what to restore; deploy a version instead."
        ) from None


@dataclass(frozen=True)
class _Work:
    """What each verb works on."""

    project: ProjectSettings
    stage: str
    stack: StageStack
    file: Path

    def save(self, settings: StageSettings) -> None:
        earlier = self.stack.save()
        if self.stack.has_waited:
            hand_on("waited", "true")
        if earlier.template:
            tell_what_stays(earlier.template, settings)
        self.file.write_text(json.dumps(asdict(earlier)), encoding="utf-8")

    def restore(self, settings: StageSettings) -> None:
        earlier = _read(self.file)
        self.stack.settled()
        hand_on("reason", self.stack.failure(earlier.event) or _CUT_OFF)
        done = self.stack.restore(earlier, self.project.cloudformation_role_arn(settings))
        if earlier.template:
            wait_until_serves(
                self._sagemaker(),
                self.project.endpoint_name(self.stage),
                self.stack.outputs().get(CONFIG_OUTPUT, ""),
                timeout_seconds=_LONGEST_WAIT_SECONDS,
            )
        print(done)

    def look(self, *, at_rest: bool) -> None:
        """Hand on the version that is served, or that it is none or cannot be told.

        Args:
            at_rest: wait for the end of what still changes the stage, and fail if it does not tell.
        """
        if at_rest:
            self.stack.at_rest()
        earlier = _read(self.file).outputs if self.file.exists() else {}
        name = self.project.endpoint_name(self.stage)
        served = served_version(self._sagemaker(), name, self.stack.outputs(), earlier)
        if served is None and at_rest:
            raise EndpointError(
                f"Endpoint {name} serves what stack {self.project.stack_name(self.stage)} does not "
                "name; deploy a version to it, or take it away with the workflow Remove endpoint."
            )
        told = "unknown" if served is None else served or "nothing"
        hand_on("serves", told)
        print(f"Endpoint {name} serves {told}.")

    def _sagemaker(self) -> Any:
        with aws_errors_explained("reach SageMaker"):
            return boto3.client("sagemaker", region_name=self.project.aws_region)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("verb", choices=("save", "restore", "remove", "look"))
    parser.add_argument("file", type=Path, nargs="?", default=Path("earlier.json"))
    parser.add_argument("--stage", default=os.environ.get("STAGE", ""))
    parser.add_argument("--at-rest", action="store_true", help="look when nothing changes it")
    parser.add_argument(
        "--instead-of",
        default=os.environ.get("INSTEAD_OF", ""),
        help="save or remove only if this version is served (default: INSTEAD_OF)",
    )


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    project = load_project()
    name = stage_name(options.stage, project)
    stages = load_stages(STAGES_FILE, project)
    with aws_errors_explained("reach CloudFormation"):
        client = boto3.client("cloudformation", region_name=project.aws_region)
    stack = StageStack(client, project.stack_name(name))
    work = _Work(project, name, stack, options.file)
    if options.verb in ("save", "restore"):  # the others are for stages not listed, too
        settings = stages.stage(name)
    elif stages.find(name) is None:
        _check_found(stack, name)
    if options.verb in ("save", "remove") and _is_stale(stack, options.instead_of):
        hand_on("stale", "true")
    elif options.verb == "save":
        work.save(settings)
    elif options.verb == "restore":
        work.restore(settings)
    elif options.verb == "look":
        work.look(at_rest=options.at_rest)
    else:
        print(stack.remove())
