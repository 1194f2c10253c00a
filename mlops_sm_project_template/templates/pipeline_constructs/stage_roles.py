"""The roles of one stage: that of the deploy workflow in its environment, and CloudFormation's."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    DEPLOY_STACK,
    allow,
    allow_key_through_s3,
    allow_pass_role,
    document,
)
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    CLOUDFORMATION,
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
            parameters=parameters,
            data=data,
            execution=execution,
        ).role
        duty, _ = names.stage_duties(stage)
        self.workflow = iam.Role(
            self,
            "Workflow",
            role_name=names.project_role(parameters.project_id, duty),
            description=f"The deploy workflow works on {stage} with this role",
            assumed_by=repository.workflows(settings, environment=stage),
            inline_policies={
                "deploy": self._deploy(),
                "model": self._read_model(),
                "report": self._report(),
            },
        )
        self.workflow.node.add_dependency(data.clean_up)

    def _deploy(self) -> iam.PolicyDocument:
        endpoint = names.endpoint(self._parameters.project_name, self._stage)
        use_endpoint = ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"]
        tags = {
            f"aws:ResourceTag/{names.PROJECT_ID_TAG}": self._parameters.project_id,
            f"aws:ResourceTag/{names.STAGE_TAG}": self._stage,
        }
        return document(
            allow(DEPLOY_STACK, [arns.endpoint_stacks(self.stack_name)]),
            allow_pass_role(self.cloudformation.role_arn, service=CLOUDFORMATION),
            allow(use_endpoint, [arns.regional("sagemaker", f"endpoint/{endpoint}")]),
            # SageMaker writes ARNs in lower case, so this finds the endpoint of `MyProject`.
            allow(
                use_endpoint,
                [arns.regional("sagemaker", "endpoint/*")],
                conditions={"StringEquals": tags},
            ),
        )

    def _read_model(self) -> iam.PolicyDocument:
        """Read the version, its report and its artifact, whose digest is compared."""
        project_id = self._parameters.project_id
        objects = self._data.bucket.arn_for_objects(f"{self._data.group_name}/*")
        return document(
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(project_id)]),
            # No resource is documented that a list is judged on.
            allow(["sagemaker:ListModelPackages"], ["*"]),
            allow(["s3:GetObject"], [objects]),
            allow_key_through_s3(self._data.key.key_arn, "kms:Decrypt"),
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
