"""The roles of one stage: that of the deploy workflow in its environment, and CloudFormation's."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    Statement,
    allow,
    decisions_of,
    document,
    read_ledger,
)
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    CloudFormationRole,
)
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
)
from mlops_sm_project_template.templates.pipeline_constructs.project import Project
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import (
    Stage,
    restrict,
)
from mlops_sm_project_template.templates.pipeline_constructs.stage_workflow_policy import (
    stage_workflow_policy,
)


class StageRoles(Construct):
    """A job in the stage's environment changes the stage's stack, and no other stage's."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: Stage,
        project: Project,
        repository: GithubRepository,
    ) -> None:
        super().__init__(scope, id_)
        self._stage = stage.name
        self._data = project.data
        self._project_id = project.parameters.project_id
        self._project_name = project.parameters.project_name
        self.stack_name = names.endpoint_stack(self._project_id, stage.name)
        self.cloudformation = self._build_cloudformation_role(project.execution.arn)
        self.workflow = self._build_workflow_role(
            repository.workflows_of_stage(project.settings, stage)
        )
        for role in (self.cloudformation, self.workflow):
            role.node.add_dependency(project.data.clean_up)
            restrict(role, stage.exists)

    def _build_cloudformation_role(self, execution_role_arn: str) -> iam.Role:
        return CloudFormationRole(
            self,
            "CloudFormation",
            stage=self._stage,
            project_id=self._project_id,
            project_name=self._project_name,
            execution_role_arn=execution_role_arn,
            inputs=self._endpoint_inputs(),
        ).role

    def _build_workflow_role(self, workflows: iam.IPrincipal) -> iam.Role:
        duty, _ = names.stage_duties(self._stage)
        return iam.Role(
            self,
            "Workflow",
            role_name=names.project_role(self._project_id, duty),
            description=f"The deploy workflow works on {self._stage} with this role",
            assumed_by=workflows,
            inline_policies={
                "deploy": stage_workflow_policy(
                    stage=self._stage,
                    project_id=self._project_id,
                    project_name=self._project_name,
                    cloudformation_role_arn=self.cloudformation.role_arn,
                ),
                "model": self._read_model(),
                "report": self._report(),
            },
        )

    def _endpoint_inputs(self) -> list[Statement]:
        key = self._data.key.arn
        return [
            allow(
                ["sagemaker:DescribeModelPackage"],
                [arns.model_packages(self._project_id)],
            ),
            allow(["kms:DescribeKey"], [key]),
            # SageMaker encrypts the instances' disks with the key, for as long as they run.
            allow(
                ["kms:CreateGrant"],
                [key],
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ]

    def _read_model(self) -> iam.PolicyDocument:
        """Read the version and what was decided of it, its report, and its artifact's digest."""
        objects = self._data.bucket.arn_for_objects(f"{self._data.group_name}/*")
        return document(
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(self._project_id)]),
            # No resource is documented that a list is judged on.
            allow(["sagemaker:ListModelPackages"], ["*"]),
            allow(["s3:GetObject"], [objects]),
            self._data.key.allow_through_s3("kms:Decrypt"),
            read_ledger(decisions_of(self._project_id)),
        )

    def _report(self) -> iam.PolicyDocument:
        return document(
            allow(
                ["events:PutEvents"],
                [arns.regional("events", "event-bus/default")],
                conditions={
                    "StringEquals": {
                        "events:source": names.report_source(self._project_id, self._stage),
                        "events:detail-type": names.REPORT_EVENT,
                    }
                },
            )
        )
