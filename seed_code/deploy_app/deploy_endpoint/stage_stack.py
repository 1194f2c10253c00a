"""The CloudFormation stack of a stage as it is: what it serves, and the way back.

`save` keeps the template that serves now, before a deployment; `restore` brings exactly that back,
or removes the stage's endpoint if there was none; `remove` takes the endpoint away.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from deploy_endpoint.errors import DeployError, EndpointError, aws_errors_explained, hand_on
from deploy_endpoint.project_settings import load_project
from deploy_endpoint.stage_settings import DEFAULT_STAGE, STAGES_FILE, load_stages

_SERVING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
_POLL = {"Delay": 5, "MaxAttempts": 720}
_NO_UPDATE = "No updates are to be performed"


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

    def save(self, file: Path) -> None:
        """Keep the template that serves now; an empty file says that none does."""
        stack = self.describe()
        if stack is None or stack["StackStatus"] not in _SERVING:
            file.write_text("", encoding="utf-8")
            return
        with aws_errors_explained(f"read the template of stack {self._name}"):
            body = self._cloudformation.get_template(StackName=self._name)["TemplateBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        kept = {"template": text, "role": stack.get("RoleARN"), "tags": stack.get("Tags", [])}
        file.write_text(json.dumps(kept), encoding="utf-8")

    def restore(self, file: Path) -> str:
        """Bring back what was kept, and say what was done."""
        text = file.read_text(encoding="utf-8")
        if not text:
            return self.remove()
        kept = json.loads(text)
        with aws_errors_explained(f"update stack {self._name}"):
            try:
                self._cloudformation.update_stack(
                    StackName=self._name,
                    TemplateBody=kept["template"],
                    RoleARN=kept["role"],
                    Tags=kept["tags"],
                )
            except self._cloudformation.exceptions.ClientError as error:
                if _NO_UPDATE not in str(error):
                    raise
                return f"Stack {self._name} has its earlier version already."
        self._wait("stack_update_complete")
        return f"Stack {self._name} has its earlier version again."

    def served(self) -> str:
        """ARN of the version that the stack serves; empty if none."""
        outputs = (self.describe() or {}).get("Outputs", [])
        return next((o["OutputValue"] for o in outputs if o["OutputKey"] == "ModelPackageArn"), "")

    def failure(self) -> str:
        """Why the last change of the stack failed; empty if CloudFormation does not say."""
        with aws_errors_explained(f"read the events of stack {self._name}"):
            try:
                events = self._cloudformation.describe_stack_events(StackName=self._name)
            except self._cloudformation.exceptions.ClientError:
                return ""
        for event in events["StackEvents"]:
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
        name = load_stages(STAGES_FILE, project).stage(options.stage).name
        with aws_errors_explained("reach CloudFormation"):
            client = boto3.client("cloudformation", region_name=project.aws_region)
        stack = StageStack(client, project.stack_name(name))
        if options.verb != "restore" and _is_stale(stack, options.instead_of):
            hand_on("stale", "true")
        elif options.verb == "save":
            stack.save(options.file)
        elif options.verb == "restore":
            hand_on("reason", stack.failure())
            print(stack.restore(options.file))
        else:
            print(stack.remove())
    except DeployError as error:
        hand_on("reason", str(error))
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
