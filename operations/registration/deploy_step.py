"""The registration stack, synthesized and deployed from this machine."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.installation import STACK
from operations.registration.run_cdk import run_cdk
from operations.registration.setting import Setting
from operations.stacks import find_stack

ASSEMBLY = Path("cdk.out") / "assembly-dev"
_STACK_TYPE = "aws:cloudformation:stack"


@dataclass(frozen=True)
class DeployStep:
    """Synthesizes, and deploys what differs from what is there."""

    setting: Setting
    title: str = "Register the template from this machine"

    def look(self) -> str:
        """Whether the stack is as it would be synthesized."""
        run_cdk(self.setting, "synth", "--quiet")
        there = self._deployed()
        if there is None:
            return f"deploy the stack {STACK}"
        return "" if there == self._synthesized() else f"update the stack {STACK}"

    def do(self) -> None:
        """Deploy; an earlier registration leaves a table behind, which this one takes up."""
        take_up = ("--import-existing-resources", "--require-approval", "never")
        run_cdk(self.setting, "--app", f"./{ASSEMBLY}", "deploy", "--all", *take_up)

    def _deployed(self) -> Any:
        """The template of the stack; None if it is not there, or not whole."""
        cloudformation = self.setting.client("cloudformation")
        stack = find_stack(cloudformation, STACK)
        if stack is None or stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return None
        return cloudformation.get_template(StackName=STACK)["TemplateBody"]

    def _synthesized(self) -> Any:
        folder = self.setting.folder / ASSEMBLY
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        stacks = [one for one in manifest["artifacts"].values() if one["type"] == _STACK_TYPE]
        (file,) = (
            one["properties"]["templateFile"]
            for one in stacks
            if one["properties"].get("stackName") == STACK
        )
        return json.loads((folder / file).read_text(encoding="utf-8"))
