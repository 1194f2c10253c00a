"""CI/CD of the deploy repository: it brings an approved model from stage to stage."""

from aws_cdk import Aws, CustomResource, Fn
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
    SeedBundle,
)
from mlops_sm_project_template.templates.pipeline_constructs.project import Project
from mlops_sm_project_template.templates.pipeline_constructs.project_endpoints import (
    ProjectEndpoints,
)
from mlops_sm_project_template.templates.pipeline_constructs.stage_roles import StageRoles


class DeployPipelineConstruct(Construct):
    """Deploy repository, the roles of its stages, and what removes the endpoints in the end.

    A deletion takes the workflows' roles first, so that nothing is deployed any more; then the
    endpoints; then the roles that CloudFormation and SageMaker needed to remove them.
    """

    def __init__(self, scope: Construct, id_: str, *, project: Project) -> None:
        super().__init__(scope, id_)
        self._project = project
        parameters = project.parameters
        self.repository = GithubRepository(
            self,
            "Github",
            parameters=parameters,
            name=names.deploy_repository(parameters.project_name),
            description=f"Deploys the model of SageMaker project {parameters.project_name}",
            token_secret_arn=project.token_secret_arn,
            environments=names.STAGES,
            reviewed_environments=names.STAGES[1:],
        )
        self._stages = [
            StageRoles(
                self, stage.title(), stage=stage, project=project, repository=self.repository
            )
            for stage in names.STAGES
        ]
        self._build_removal()

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code; nothing is deployed before a model is approved."""
        own = {
            "APPROVAL_GATE": self.repository.approval_gate,
            # What is not said there is that the project has a secret of its own.
            "GITHUB_CREDENTIAL": Fn.condition_if(
                self._project.parameters.has_token.logical_id, Aws.NO_VALUE, "owner"
            ).to_string(),
            # dev lies in the project's account.
            **self.repository.claims(self._project.settings, names.STAGES[1:]),
        }
        content = self.repository.fill(
            seed,
            self._project.variables() | own,
            {"README.md": {"approval-gate": self.repository.approval_gate_note}},
        )
        for stage in self._stages:
            content.node.add_dependency(stage.workflow)
        return content

    def _build_removal(self) -> None:
        removal = ProjectEndpoints(
            self,
            "Endpoints",
            parameters=self._project.parameters,
            stack_names=[stage.stack_name for stage in self._stages],
        ).removal
        removal.node.add_dependency(self._project.execution.role)
        for stage in self._stages:
            removal.node.add_dependency(stage.cloudformation)
            stage.workflow.node.add_dependency(removal)
