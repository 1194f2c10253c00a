"""CI/CD of the deploy repository: it brings an approved model to the endpoint."""

from aws_cdk import CustomResource, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    DEPLOY_STACK,
    allow,
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
    SeedBundle,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_endpoints import (
    ProjectEndpoints,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)


class DeployPipelineConstruct(Construct):
    """Deploy repository, the role of its workflow, and what removes the endpoint in the end.

    A deletion takes the workflow's role first, so that nothing is deployed any more; then the
    endpoint; then the roles that CloudFormation and SageMaker needed to remove it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: Settings,
        parameters: ProjectParameters,
        data: ProjectData,
        execution: ExecutionRole,
        token_secret_arn: str,
    ) -> None:
        super().__init__(scope, id_)
        self._parameters = parameters
        self._data = data
        self._execution = execution
        self._stack_name = names.endpoint_stack(parameters.project_id)
        self._cloudformation = CloudFormationRole(
            self, "CloudFormation", parameters=parameters, data=data, execution=execution
        )
        self._repository = GithubRepository(
            self,
            "Github",
            parameters=parameters,
            name=names.deploy_repository(parameters.project_name),
            description=f"Deploys the model of SageMaker project {parameters.project_name}",
            token_secret_arn=token_secret_arn,
            environments=names.STAGES,
            reviewed_environments=[name for name in names.STAGES if name != names.STAGE],
        )
        self._role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(parameters.project_id, "deploy"),
            description="The deploy workflow works with this role",
            assumed_by=self._repository.workflows(settings, environment=names.STAGE),
            inline_policies={"deploy": self._policy()},
        )
        endpoints = ProjectEndpoints(
            self, "Endpoints", parameters=parameters, stack_names=[self._stack_name]
        )
        endpoints.removal.node.add_dependency(self._cloudformation.role, execution.role)
        self._role.node.add_dependency(data.clean_up, endpoints.removal)

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code; nothing is deployed before a model is approved."""
        stack = Stack.of(self)
        return self._repository.fill(
            seed,
            {
                "AWS_ACCOUNT": stack.account,
                "AWS_REGION": stack.region,
                "PROJECT_NAME": self._parameters.project_name,
                "PROJECT_ID": self._parameters.project_id,
                "WORKFLOW_ROLE_ARN": self._role.role_arn,
                "CLOUDFORMATION_ROLE_ARN": self._cloudformation.role.role_arn,
                "EXECUTION_ROLE_ARN": self._execution.role.role_arn,
                "KMS_KEY_ARN": self._data.key.key_arn,
                "ARTIFACT_BUCKET": self._data.bucket.bucket_name,
                "MODEL_PACKAGE_GROUP_NAME": self._data.group_name,
                "APPROVAL_GATE": self._repository.approval_gate,
            },
            {"README.md": {"approval-gate": self._repository.approval_gate_note}},
        )

    def _policy(self) -> iam.PolicyDocument:
        project_id = self._parameters.project_id
        endpoint = names.endpoint(self._parameters.project_name)
        use_endpoint = ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"]
        return document(
            allow(
                DEPLOY_STACK,
                [arns.endpoint_stacks(self._stack_name)],
            ),
            allow_pass_role(self._cloudformation.role.role_arn, service=CLOUDFORMATION),
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(project_id)]),
            # This action knows no resource.
            allow(["sagemaker:ListModelPackages"], ["*"]),
            allow(use_endpoint, [arns.regional("sagemaker", f"endpoint/{endpoint}")]),
            # SageMaker writes ARNs in lower case, so this finds the endpoint of `MyProject`.
            allow(
                use_endpoint,
                [arns.regional("sagemaker", "endpoint/*")],
                conditions={
                    "StringEquals": {f"aws:ResourceTag/{names.PROJECT_ID_TAG}": project_id}
                },
            ),
        )
