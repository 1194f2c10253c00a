"""The stack of a stage's endpoint, made from what the deploy repository synthesizes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property

import yaml
from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.permissions.granted import SHOWN_STAGE
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.permissions.checkout import Checkout

_SECONDS = 120.0
_GONE = "GONE"
# Instances that scale, watched by an alarm: whatever needs a permission of its own.
_SETTINGS = {
    "name": SHOWN_STAGE,
    "approval": "automatic",
    "serving": {
        "mode": "realtime",
        "instance_type": "ml.m5.large",
        "instance_count": 2,
        "autoscaling": {"max_instances": 3, "invocations_per_instance_per_minute": 600},
    },
    "deployment": {"policy": "canary", "bake_minutes": 2},
}


class EndpointStack:
    """One stack in two versions, 0 and 1: of the first and of the second model."""

    def __init__(self, project: TrialProject, checkout: Checkout, models: tuple[str, str]) -> None:
        self._checkout = checkout
        settings = checkout.folder / "config" / "stages.yml"
        settings.write_text(yaml.safe_dump({"stages": [_SETTINGS]}), encoding="utf-8")
        self._models = models
        self._cloudformation = project.lane.administrator("cloudformation")
        self.name = names.endpoint_stack(project.id, SHOWN_STAGE)
        _, duty = names.stage_duties(SHOWN_STAGE)
        role = names.project_role(project.id, duty)
        self._role_arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"

    @cached_property
    def assemblies(self) -> tuple[str, ...]:
        """Folders in the clone with what `cdk synth` made for each model."""
        made = []
        for number, model in enumerate(self._models):
            made.append(f"cdk.out.{number}")
            done = self._checkout.run(
                *("cdk", "--app", f"{sys.executable} app.py", "synth", "--quiet"),
                *("--output", made[-1]),
                MODEL_PACKAGE_ARN=model,
                STAGE=SHOWN_STAGE,
            )
            assert done.exit_code == 0, done.output
        return tuple(made)

    def be_absent(self) -> None:
        """Delete the stack if it is there."""
        if self.status() != _GONE:
            assert self.delete() == _GONE

    def be_present(self) -> None:
        """Have the stack in version 0."""
        if self.status() not in ("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"):
            self.be_absent()
            assert self.create() == "CREATE_COMPLETE"

    def create(self) -> str:
        """Make the stack in version 0, as CloudFormation's role, and say how that ended."""
        self._cloudformation.create_stack(
            StackName=self.name, TemplateBody=self._template(0), RoleARN=self._role_arn
        )
        return self._ended()

    def update(self) -> str:
        """Bring the stack to version 1, and say how that ended."""
        self._cloudformation.update_stack(
            StackName=self.name, TemplateBody=self._template(1), RoleARN=self._role_arn
        )
        return self._ended()

    def delete(self) -> str:
        """Delete the stack, and say how that ended."""
        self._cloudformation.delete_stack(StackName=self.name)
        return self._ended()

    def reasons(self, since: datetime) -> str:
        """Why resources failed since a moment."""
        return "\n".join(self._reasons(since))

    def status(self) -> str:
        """The state of the stack; GONE if there is none."""
        try:
            found = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return _GONE
        status = str(found["StackStatus"])
        return _GONE if status == "DELETE_COMPLETE" else status

    def _template(self, version: int) -> str:
        folder = self._checkout.folder / self.assemblies[version]
        (template,) = folder.glob("*.template.json")
        return template.read_text(encoding="utf-8")

    def _ended(self) -> str:
        gives_up_at = time.monotonic() + _SECONDS
        while (status := self.status()).endswith("_IN_PROGRESS"):
            assert time.monotonic() < gives_up_at, f"the stack is still {status}"
            time.sleep(0.1)
        return status

    def _reasons(self, since: datetime) -> Iterator[str]:
        events = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        for event in events:
            if event["Timestamp"].astimezone(UTC) >= since:
                yield event.get("ResourceStatusReason", "")
