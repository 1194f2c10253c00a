"""The roles of one stage: that of the deploy workflow in its environment, and CloudFormation's."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    allow,
    allow_key_through_s3,
    document,
    read_decisions,
)
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    CloudFormationRole,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import ExecutionRole
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
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
        stage: str,
        settings: Settings,
        parameters: ProjectParameters,
        data: ProjectData,
        execution: ExecutionRole,
        repository: GithubRepository,
    ) -> None:
        super().__init__(scope, id_)
        self._stage = stage
        self._parameters = parameters
        self._data = data
        self.stack_name = names.endpoint_stack(parameters.project_id, stage)
        self.cloudformation = CloudFormationRole(
            self,
            "CloudFormation",
            stage=stage,
            project_id=parameters.project_id,
            project_name=parameters.project_name,
            execution_role_arn=execution.arn,
            inputs=self._endpoint_inputs(),
        ).role
        self.cloudformation.node.add_dependency(data.clean_up)
        duty, _ = names.stage_duties(stage)
        self.workflow = iam.Role(
            self,
            "Workflow",
            role_name=names.project_role(parameters.project_id, duty),
            description=f"The deploy workflow works on {stage} with this role",
            assumed_by=repository.workflows(settings, environment=stage),
            inline_policies={
                "deploy": stage_workflow_policy(
                    stage=stage,
                    project_id=parameters.project_id,
                    project_name=parameters.project_name,
                    cloudformation_role_arn=self.cloudformation.role_arn,
                ),
                "model": self._read_model(),
                "report": self._report(),
            },
        )
        self.workflow.node.add_dependency(data.clean_up)

    def _endpoint_inputs(self) -> list[iam.PolicyStatement]:
        key = self._data.key.key_arn
        return [
            allow(
                ["sagemaker:DescribeModelPackage"],
                [arns.model_packages(self._parameters.project_id)],
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
        project_id = self._parameters.project_id
        objects = self._data.bucket.arn_for_objects(f"{self._data.group_name}/*")
        return document(
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(project_id)]),
            # No resource is documented that a list is judged on.
            allow(["sagemaker:ListModelPackages"], ["*"]),
            allow(["s3:GetObject"], [objects]),
            allow_key_through_s3(self._data.key.key_arn, "kms:Decrypt"),
            read_decisions(project_id),
        )

    def _report(self) -> iam.PolicyDocument:
        return document(
            allow(
                ["events:PutEvents"],
                [arns.regional("events", "event-bus/default")],
                conditions={
                    "StringEquals": {
                        "events:source": names.report_source(
                            self._parameters.project_id, self._stage
                        ),
                        "events:detail-type": names.REPORT_EVENT,
                    }
                },
            )
        )
