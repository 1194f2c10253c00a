"""CI/CD of the build repository: it defines, uploads and starts the SageMaker pipeline."""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    allow,
    allow_key_through_s3,
    allow_pass_role,
    document,
    read_ledger,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import SAGEMAKER
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
    SeedBundle,
)
from mlops_sm_project_template.templates.pipeline_constructs.project import Project


class BuildPipelineConstruct(Construct):
    """Build repository and the role of its workflow."""

    def __init__(self, scope: Construct, id_: str, *, project: Project) -> None:
        super().__init__(scope, id_)
        self._project = project
        parameters = project.parameters
        self.repository = GithubRepository(
            self,
            "Github",
            parameters=parameters,
            name=names.build_repository(parameters.project_name),
            description=f"Builds the model of SageMaker project {parameters.project_name}",
            token_secret_arn=project.token_secret_arn,
            environments=[],
        )
        self._role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(parameters.project_id, "build"),
            description="The build workflow works with this role",
            assumed_by=self.repository.workflows(project.settings),
            inline_policies={"build": self._policy()},
        )
        self._role.node.add_dependency(project.data.clean_up)

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code, which starts the first build."""
        own = {
            "READER_ROLE_ARN": self._project.reader.arn,
            "WORKFLOW_ROLE_ARN": self._role.role_arn,
            "PIPELINE_NAME": self._project.data.group_name,
            "APPROVAL_TABLE": names.APPROVAL_TABLE,
        }
        return self.repository.fill(seed, self._project.variables() | own)

    def _policy(self) -> iam.PolicyDocument:
        data, execution = self._project.data, self._project.execution
        project_id = self._project.parameters.project_id
        scripts = data.bucket.arn_for_objects(f"{data.group_name}/code/*")
        return document(
            # The steps' scripts, and neither data nor models, which are the pipeline's own.
            allow(["s3:PutObject"], [scripts]),
            allow_key_through_s3(data.key.key_arn, "kms:GenerateDataKey"),
            allow(
                [
                    "sagemaker:AddTags",
                    "sagemaker:CreatePipeline",
                    "sagemaker:DescribePipeline",
                    "sagemaker:StartPipelineExecution",
                    "sagemaker:UpdatePipeline",
                ],
                [arns.pipeline(project_id)],
            ),
            allow_pass_role(execution.arn, service=SAGEMAKER),
            # With which version a new one is compared, and where its archive is.
            read_ledger(names.live_item(f"*-{project_id}")),
            allow(["sagemaker:DescribeModelPackage"], [arns.model_packages(project_id)]),
        )
