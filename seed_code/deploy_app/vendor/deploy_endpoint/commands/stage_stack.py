"""The CloudFormation stack of a stage as it is: what it serves, and the way back.

`save` keeps the template that serves now, before a deployment; `restore` says what failed since
and brings exactly that back, or removes the stage's endpoint if there was none; `remove` takes the
endpoint away.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from deploy_endpoint.errors import (
    DeployError,
    EndpointError,
    SettingsError,
    aws_errors_explained,
    hand_on,
)
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import (
    DEFAULT_STAGE,
    STAGES_FILE,
    load_stages,
    stage_name,
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
_POLL = {"Delay": 5, "MaxAttempts": 720}
_NO_UPDATE = "No updates are to be performed"


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a stage served at some time.

    Args:
        event: id of the stack's newest event then.
        template: of the stack; empty if it served nothing.
        tags: of the stack.
    """

    event: str
    template: str = ""
    tags: list[dict[str, str]] = field(default_factory=list)


class StageStack:
    """One stack, by its name.

    Args:
        cloudformation: boto3 client of the stage's account.
        name: of the stack.
    """

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._cloudformation = cloudformation
        self._name = name

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

    def save(self) -> Earlier:
        """Tell what the stack serves now.

        Raises:
            EndpointError: it is changing or stuck, so that there is no telling what it serves.
        """
        stack = self.describe()
        event = next((str(event["EventId"]) for event in self._events()), "")
        if stack is None or stack["StackStatus"] in _EMPTY:
            return Earlier(event=event)
        if stack["StackStatus"] not in _SERVING:
            raise EndpointError(
                f"Stack {self._name} is {stack['StackStatus']}, so nothing can be deployed; wait "
                "for its end or help it there in CloudFormation, then run this again."
            )
        with aws_errors_explained(f"read the template of stack {self._name}"):
            body = self._cloudformation.get_template(StackName=self._name)["TemplateBody"]
        return Earlier(
            event=event,
            template=body if isinstance(body, str) else json.dumps(body),
            tags=stack.get("Tags", []),
        )

    def restore(self, earlier: Earlier) -> str:
        """Bring back what was served, and say what was done."""
        if not earlier.template:
            return self.remove()
        # CloudFormation goes on with the role that the stack has.
        if not self.update(TemplateBody=earlier.template, Tags=earlier.tags):
            return f"Stack {self._name} has its earlier version already."
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

    def served(self) -> str:
        """ARN of the version that the stack serves; empty if none."""
        outputs = (self.describe() or {}).get("Outputs", [])
        return next((o["OutputValue"] for o in outputs if o["OutputKey"] == "ModelPackageArn"), "")

    def failure(self, since: str) -> str:
        """Why the last change failed after the event `since`; empty if nothing says so."""
        for event in self._events():
            if event["EventId"] == since:
                break
            reason = str(event.get("ResourceStatusReason", ""))
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason.lower():
                return f"{event['LogicalResourceId']}: {reason}"
        return ""

    def remove(self) -> str:
        """Delete the stack, and say what was done."""
        if self.describe() is None:
            return f"There is no stack {self._name}, so nothing is left to remove."
        with aws_errors_explained(f"delete stack {self._name}"):
            self._cloudformation.delete_stack(StackName=self._name)
        self._wait("stack_delete_complete")
        return f"Stack {self._name} is removed."

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


def _is_stale(stack: StageStack, instead_of: str) -> bool:
    """Tell whether the version that is to be replaced has been replaced already, and say so."""
    served = stack.served()
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="stage_stack", description=__doc__)
    parser.add_argument("verb", choices=("save", "restore", "remove"))
    parser.add_argument("file", type=Path, nargs="?", default=Path("earlier.json"))
    parser.add_argument("--stage", default=os.environ.get("STAGE") or DEFAULT_STAGE)
    parser.add_argument(
        "--instead-of",
        default=os.environ.get("INSTEAD_OF", ""),
        help="save or remove only if this version is served (default: INSTEAD_OF)",
    )
    options = parser.parse_args(arguments)
    try:
        project = load_project(Path("project.env"), os.environ)
        name = stage_name(options.stage)
        stages = load_stages(STAGES_FILE, project)
        if options.verb != "remove":  # which is for stages that are no longer listed, too
            stages.stage(name)
        with aws_errors_explained("reach CloudFormation"):
            client = boto3.client("cloudformation", region_name=project.aws_region)
        stack = StageStack(client, project.stack_name(name))
        if stages.find(name) is None:
            _check_found(stack, name)
        if options.verb != "restore" and _is_stale(stack, options.instead_of):
            hand_on("stale", "true")
        elif options.verb == "save":
            options.file.write_text(json.dumps(asdict(stack.save())), encoding="utf-8")
        elif options.verb == "restore":
            earlier = _read(options.file)
            hand_on("reason", stack.failure(earlier.event))
            print(stack.restore(earlier))
        else:
            print(stack.remove())
    except DeployError as error:
        hand_on("reason", str(error))
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
