"""Plays the steps of deploy.yml in this process: their conditions, their order, their commands.

Steps of the deploy repository run its own code; the others do what they are known to do. A run may
be cancelled in any step, as GitHub does it: `failure()` is false from then on.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rehearsal.github.actions.expressions import Expressions
from tests.seed.deploy_app.stage_aws import StageAws, template

# GitHub ends what still runs five minutes after a cancellation.
CANCELLATION_SECONDS = 300.0
_COMMAND = re.compile(r"python vendor (\w+)(.*)")
# Of the repository's own; what the others do is known.
_PLAYED = ("integration_test", "report_outcome", "stage_stack")


class StepFailedError(Exception):
    """A step of the run failed."""


@dataclass
class DeploymentRun:
    """One run for one stage.

    Args:
        workflow: the file.
        aws: the stage's account.
        main: runs one of the deploy repository's commands, as `python vendor` does.
        inputs: of the run.
        stage_role: of the stage's own account; empty if it lies in the project's.
        serverless: whether the settings make the endpoint so.
    """

    workflow: Path
    aws: StageAws
    main: Callable[[list[str]], None]
    inputs: dict[str, Any]
    stage_role: str = ""
    serverless: bool = False
    status: str = "success"
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    began: list[str] = field(default_factory=list)
    account: str = ""

    def play(self, cancelled_in: str = "") -> None:
        """Run every step whose condition holds; `cancelled_in` is the name of one."""
        (job,) = yaml.safe_load(self.workflow.read_text("utf-8"))["jobs"].values()
        os.environ.update(
            {name: self._language().text(value) for name, value in job["env"].items()}
        )
        cancelled_at = None
        for step in job["steps"]:
            outcome, outputs = "skipped", {}
            if self._language().condition(step.get("if")):
                self.began.append(step["name"])
                outputs_file = Path("outputs")
                outputs_file.write_text("", encoding="utf-8")
                is_cut = step["name"] == cancelled_in
                try:
                    self._do(step, is_cut=is_cut)
                    outcome = "success"
                except (StepFailedError, SystemExit):
                    outcome = "failure"
                lines = outputs_file.read_text("utf-8").splitlines()
                outputs = dict(line.split("=", 1) for line in lines)
                outputs |= self._known_outputs(step.get("id", ""))
                if is_cut:
                    outcome, self.status, cancelled_at = "cancelled", "cancelled", self.aws.now
                elif outcome == "failure" and self.status == "success":
                    self.status = "failure"
            self.steps[str(step.get("id"))] = {"outcome": outcome, "outputs": outputs}
            late = self.aws.now - cancelled_at if cancelled_at is not None else 0.0
            assert late <= CANCELLATION_SECONDS, f"{step['name']} is cut off by GitHub"

    def _language(self) -> Expressions:
        contexts = {
            "steps": self.steps,
            "inputs": self.inputs,
            "github": {"run_id": "1", "token": ""},
            "job": {"status": self.status},
        }
        return Expressions(contexts, self.status)

    def _do(self, step: dict[str, Any], *, is_cut: bool) -> None:
        """Carry a step out; of one that is cut off, what it began at AWS."""
        language = self._language()
        if "configure-aws-credentials" in str(step.get("uses")):
            if not is_cut:
                self.account = language.text(step["with"]["role-to-assume"])
                self.aws.session_began = self.aws.now
            return
        given = {name: language.text(value) for name, value in step.get("env", {}).items()}
        os.environ.update(given)
        script = str(step.get("run", ""))
        if "cdk deploy" in script:
            self._deploy(is_cut=is_cut)
        elif step.get("id") == "model":
            os.environ["MODEL_PACKAGE_ARN"] = self.inputs["model_package_arn"]
        elif (called := _COMMAND.search(script)) and called[1] in _PLAYED and not is_cut:
            self.main([called[1], *called[2].split()])

    def _known_outputs(self, id_: str) -> dict[str, str]:
        roles = {"PROJECT_ROLE_ARN": "project", "STAGE_ROLE_ARN": self.stage_role}
        return {"roles": roles, "project": {"AWS_REGION": "eu-west-1"}}.get(id_, {})

    def _deploy(self, *, is_cut: bool) -> None:
        """As `cdk deploy --method direct`: begin the change, then ask until it ends."""
        body = json.dumps(template(self.inputs["model_package_arn"], serverless=self.serverless))
        asked = {"TemplateBody": body, "RoleARN": "cloudformation"}
        if self.aws.stack is None:
            self.aws.create_stack(**asked)
        else:
            self.aws.update_stack(**asked)
        if is_cut:
            return
        while True:
            self.aws.sleep(5.0)
            try:
                status = self.aws.describe_stacks()["Stacks"][0]["StackStatus"]
            except self.aws.exceptions.ClientError as error:
                raise StepFailedError(str(error)) from error
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return
            if not status.endswith("_IN_PROGRESS"):
                raise StepFailedError(status)
