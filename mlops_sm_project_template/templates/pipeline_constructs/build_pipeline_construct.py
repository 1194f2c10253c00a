"""CI/CD of the build repository: it defines, uploads and starts the SageMaker pipeline."""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.rights.build import build_rights
from mlops_sm_project_template.rights.granting import grant
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
        )
        self._role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(parameters.project_id, "build"),
            description="The build workflow works with this role",
            assumed_by=self.repository.workflows(project.settings),
            **grant(self, project.settings.roles, "build", build_rights(project.data.subject)),
        )
        self._role.node.add_dependency(project.data.clean_up)

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code, which starts the first build."""
        own = {
            "READER_ROLE_ARN": self._project.reader_role_arn,
            "WORKFLOW_ROLE_ARN": self._role.role_arn,
            "PIPELINE_NAME": self._project.data.group_name,
            "APPROVAL_TABLE": names.APPROVAL_TABLE,
        }
        return self.repository.fill(seed, self._project.variables() | own)
