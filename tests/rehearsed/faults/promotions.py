"""A project whose model is live in two stages, and what its people then do wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import approve, build, launch, promote, register, set_up
from rehearsal.conductor.acts.configure import write_settings
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.acts.deployments import repository
from rehearsal.conductor.world import World

Settings = dict[str, Any]
DEV: Settings = {"name": "dev", "approval": "automatic", "serving": {"mode": "serverless"}}
STAGING: Settings = {**DEV, "name": "staging"}
_COPIED = (
    "InferenceSpecification",
    "ModelMetrics",
    "ModelPackageGroupName",
)


@dataclass(frozen=True)
class Ended:
    """A run that ended: its log, and where people find it."""

    log: str
    url: str


@dataclass(frozen=True)
class Promotions:
    """The project."""

    play: Play

    @classmethod
    def begin(cls, root: Path, state: Path) -> Promotions:
        """Make a world with a model in `dev` and `staging`; whoever begins it ends it."""
        options = Options(stages=("dev", "staging"), accounts=())
        made = cls(Play(World.create(root, state=state), options, lambda _sentence: None))
        for act in (set_up, register, launch):
            act.perform(made.play)
        write_settings(made.play, [DEV, STAGING])
        for act in (build, approve, promote):
            act.perform(made.play)
        return made

    @property
    def arn(self) -> str:
        """The version that was brought to both stages."""
        return str(self.play.facts["model_package_arn"])

    @property
    def project_id(self) -> str:
        """The project's id."""
        return str(self.play.facts["project_id"])

    def client(self, service: str) -> Any:
        """A service as the account's root user sees it."""
        return self.play.world.administrator.client(service)

    def shown(self, key: str) -> str | None:
        """What the registry shows of the version under a key; None if nothing."""
        found = self.client("sagemaker").describe_model_package(ModelPackageName=self.arn)
        told = (found.get("CustomerMetadataProperties") or {}).get(key)
        return None if told is None else str(told)

    def stack(self, stage_name: str) -> dict[str, Any]:
        """What tells whether a stage was changed; empty if it has no stack."""
        cloudformation = self.client("cloudformation")
        name = names.endpoint_stack(self.project_id, stage_name)
        found = cloudformation.describe_stacks()["Stacks"]
        stack = next((stack for stack in found if stack["StackName"] == name), None)
        if stack is None:
            return {}
        body = cloudformation.get_template(StackName=name)["TemplateBody"]
        kept = ("StackId", "StackStatus", "CreationTime", "LastUpdatedTime", "Outputs", "Tags")
        return {"template": body, **{key: stack.get(key) for key in kept}}

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Hold the stacks of all stages before and after against each other."""
        before = {name: self.stack(name) for name in names.DEFAULT_STAGES}
        yield
        assert {name: self.stack(name) for name in names.DEFAULT_STAGES} == before

    @contextmanager
    def settings(self, *stages: Mapping[str, Any]) -> Iterator[None]:
        """Let the settings file hold other stages for a while."""
        write_settings(self.play, stages)
        yield
        write_settings(self.play, [DEV, STAGING])

    def dispatch(self, workflow: str, **inputs: str) -> None:
        """Start a workflow by hand."""
        assert repository(self.play).get_workflow(workflow).create_dispatch("main", inputs)

    def ended(
        self,
        start: Callable[[], None],
        title: str,
        conclusion: str = "failure",
        *,
        again: bool = False,
    ) -> Ended:
        """Start a run of that name, or with `again` find the newest, and wait for its end."""
        deploy = repository(self.play)
        seen = set() if again else {run.id for run in deploy.get_workflow_runs()}
        start()

        def look() -> Any:
            runs = (run for run in deploy.get_workflow_runs() if run.id not in seen)
            found = next((run for run in runs if run.display_title == title), None)
            return found if found and found.status == "completed" else None

        run = self.play.wait(f"The run {title!r}", look, seconds=120)
        log = self.play.save_run_log(deploy, run).read_text(encoding="utf-8")
        assert run.conclusion == conclusion, log
        return Ended(log, run.html_url)

    def deploy(self, stage_name: str, arn: str, conclusion: str = "failure") -> Ended:
        """Deploy by hand what is refused, unless the conclusion says otherwise."""
        return self.ended(
            lambda: self.dispatch("deploy.yml", stage=stage_name, model_package_arn=arn),
            f"Deploy {arn} to {stage_name}",
            conclusion,
        )

    def run_in_step(self, title: str, name: str) -> Any:
        """The newest run of that name, as soon as one of its steps is at work."""
        deploy = repository(self.play)

        def look() -> Any:
            runs = deploy.get_workflow_runs()
            found = next((run for run in runs if run.display_title == title), None)
            steps = [step for job in found.jobs() for step in job.steps] if found else []
            begun = any(step.name == name and step.status == "in_progress" for step in steps)
            if found and found.status == "completed" and not begun:
                raise AssertionError(self.play.save_run_log(deploy, found).read_text("utf-8"))
            return found if begun else None

        return self.play.wait(f"The step {name!r}", look, seconds=120, longest_pause_seconds=0.2)

    def get_stuck(self, stage_name: str) -> None:
        """Let an update of a stage's stack fail, and the rollback of its endpoint as well.

        What fails is a condition that nobody meets, made after the endpoint was changed; meanwhile
        CloudFormation's role loses the right to change it back.
        """
        stack = names.endpoint_stack(self.project_id, stage_name)
        cloudformation, iam = self.client("cloudformation"), self.client("iam")
        template = yaml.safe_load(self.stack(stage_name)["template"])
        variant = template["Resources"]["EndpointConfig"]["Properties"]["ProductionVariants"][0]
        variant["ServerlessConfig"]["MemorySizeInMB"] = 3072
        template["Resources"] |= {
            "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "Never": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "DependsOn": "Endpoint",
                "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "6"},
            },
        }
        cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(template))

        def is_changed() -> bool | None:
            asked = {"StackName": stack, "LogicalResourceId": "Endpoint"}
            found = cloudformation.describe_stack_resource(**asked)["StackResourceDetail"]
            waits = any(
                event["LogicalResourceId"] == "Never"
                for event in cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
            )
            return (found["ResourceStatus"] == "UPDATE_COMPLETE" and waits) or None

        self.play.wait("The changed endpoint", is_changed, seconds=60, longest_pause_seconds=0.2)
        _, duty = names.stage_duties(stage_name)
        role = names.project_role(self.project_id, duty)
        deny = {"Effect": "Deny", "Action": "sagemaker:UpdateEndpoint", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
        iam.put_role_policy(RoleName=role, PolicyName="stuck", PolicyDocument=document)
        assert self.settle(stage_name) == "UPDATE_ROLLBACK_FAILED"
        iam.delete_role_policy(RoleName=role, PolicyName="stuck")

    def await_change(self, stage_name: str) -> None:
        """Wait until a stage's stack is being updated."""

        def is_changing() -> bool | None:
            return self.stack(stage_name)["StackStatus"] == "UPDATE_IN_PROGRESS" or None

        self.play.wait(
            f"A change of {stage_name}", is_changing, seconds=60, longest_pause_seconds=0.1
        )

    def settle(self, stage_name: str) -> str:
        """Wait until nothing changes a stage's stack, and tell its status."""

        def status() -> str | None:
            found = str(self.stack(stage_name)["StackStatus"])
            return None if found.endswith("_IN_PROGRESS") else found

        return self.play.wait(
            f"The stack of {stage_name}", status, seconds=120, longest_pause_seconds=0.5
        )

    def outputs(self, stage_name: str) -> dict[str, str]:
        """The outputs of a stage's stack."""
        outputs = self.stack(stage_name)["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def life_cycle(self, arn: str) -> dict[str, str]:
        """What the registry says of a version for people."""
        found = self.client("sagemaker").describe_model_package(ModelPackageName=arn)
        return dict(found["ModelLifeCycle"])

    def copy(self, artifact: str | None = None, status: str = "PendingManualApproval") -> str:
        """Register the model once more, perhaps with another artifact, and give its ARN."""
        sagemaker = self.client("sagemaker")
        package = sagemaker.describe_model_package(ModelPackageName=self.arn)
        copied = {key: package[key] for key in _COPIED}
        if artifact:
            copied["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] = artifact
        made = sagemaker.create_model_package(**copied, ModelApprovalStatus=status)
        return str(made["ModelPackageArn"])

    @property
    def artifact(self) -> str:
        """Where the version's artifact is."""
        package = self.client("sagemaker").describe_model_package(ModelPackageName=self.arn)
        return str(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])

    def decide(self, arn: str, status: str) -> None:
        """Approve or reject a version."""
        self.client("sagemaker").update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus=status
        )

    def await_record(self, arn: str, stage_name: str, description: str) -> None:
        """Wait until the registry says of a version that its run in a stage failed, and why."""

        def told() -> bool | None:
            found = self.client("sagemaker").describe_model_package(ModelPackageName=arn)
            life, metadata = found.get("ModelLifeCycle"), found["CustomerMetadataProperties"]
            wanted = {"Stage": stage_name, "StageStatus": "Failed", "StageDescription": description}
            is_failed = metadata.get(f"{stage_name}-last", "").endswith(" failed")
            return (life == wanted and is_failed) or None

        self.play.wait(f"The record that {description!r}", told, seconds=30)
