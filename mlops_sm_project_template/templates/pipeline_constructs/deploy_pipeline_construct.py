"""CI/CD of the deploy repository: it brings an approved model from stage to stage."""

from collections.abc import Callable
from typing import Any

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
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import only_if
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
            stages=parameters.stages,
        )
        self._stages = [
            StageRoles(self, stage.id, stage=stage, project=project, repository=self.repository)
            for stage in parameters.stages.places
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
            "PROJECT_STAGES": self._project.parameters.stages.listed,
            **self.repository.claims(self._project.settings),
            **self._claims_of_earlier_code(),
        }
        return self.repository.fill(
            seed,
            self._project.variables() | own,
            notes={"README.md": {"approval-gate": self.repository.approval_gate_note}},
            stages=self._project.parameters.stages,
            roles=self._of_each(lambda stage: stage.workflow.role_arn),
        )

    def _claims_of_earlier_code(self) -> dict[str, Any]:
        """What a deploy repository reads that has not taken this version's code."""
        _, *later = self._project.parameters.stages.places
        return {
            f"SUB_CLAIM_{name.upper()}": only_if(
                place.is_called(self, name), self.repository.claim(place)
            )
            for place, name in zip(later, names.DEFAULT_STAGES[1:], strict=False)
        }

    def _build_removal(self) -> None:
        removal = ProjectEndpoints(
            self,
            "Endpoints",
            parameters=self._project.parameters,
            stack_names=self._of_each(lambda stage: stage.stack_name),
            roles=self._of_each(lambda stage: stage.cloudformation.role_arn),
        ).removal
        removal.node.add_dependency(self._project.execution.role)
        for stage in self._stages:
            stage.workflow.node.add_dependency(removal)

    def _of_each(self, value: Callable[[StageRoles], str]) -> list[Any]:
        """The value for each place that has a stage."""
        return self._project.parameters.stages.each(
            lambda place: value(self._stages[place.number - 1])
        )
