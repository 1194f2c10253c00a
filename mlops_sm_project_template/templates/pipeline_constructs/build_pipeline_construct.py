"""CI/CD of the build repository: it defines, uploads and starts the SageMaker pipeline."""

from aws_cdk import CustomResource, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    allow,
    allow_key_through_s3,
    allow_pass_role,
    document,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import (
    SAGEMAKER,
    ExecutionRole,
)
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
    SeedBundle,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)


class BuildPipelineConstruct(Construct):
    """Build repository and the role of its workflow."""

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
        self._repository = GithubRepository(
            self,
            "Github",
            parameters=parameters,
            name=names.build_repository(parameters.project_name),
            description=f"Builds the model of SageMaker project {parameters.project_name}",
            token_secret_arn=token_secret_arn,
            environments=[],
        )
        self._role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(parameters.project_id, "build"),
            description="The build workflow works with this role",
            assumed_by=self._repository.workflows(settings),
            inline_policies={"build": self._policy()},
        )
        self._role.node.add_dependency(data.clean_up)

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code, which starts the first build."""
        stack = Stack.of(self)
        return self._repository.fill(
            seed,
            {
                "AWS_ACCOUNT": stack.account,
                "AWS_REGION": stack.region,
                "PROJECT_NAME": self._parameters.project_name,
                "PROJECT_ID": self._parameters.project_id,
                "WORKFLOW_ROLE_ARN": self._role.role_arn,
                "EXECUTION_ROLE_ARN": self._execution.role.role_arn,
                "ARTIFACT_BUCKET": self._data.bucket.bucket_name,
                "KMS_KEY_ARN": self._data.key.key_arn,
                "MODEL_PACKAGE_GROUP_NAME": self._data.group_name,
                "PIPELINE_NAME": self._data.group_name,
            },
        )

    def _policy(self) -> iam.PolicyDocument:
        scripts = self._data.bucket.arn_for_objects(f"{self._data.group_name}/code/*")
        return document(
            # The steps' scripts, and neither data nor models, which are the pipeline's own.
            allow(["s3:PutObject"], [scripts]),
            allow_key_through_s3(self._data.key.key_arn, "kms:GenerateDataKey"),
            allow(
                [
                    "sagemaker:AddTags",
                    "sagemaker:CreatePipeline",
                    "sagemaker:DescribePipeline",
                    "sagemaker:StartPipelineExecution",
                    "sagemaker:UpdatePipeline",
                ],
                [arns.pipeline(self._parameters.project_id)],
            ),
            allow_pass_role(self._execution.arn, service=SAGEMAKER),
        )
