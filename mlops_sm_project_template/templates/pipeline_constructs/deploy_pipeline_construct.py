"""CI/CD of the deploy repository: it brings an approved model from stage to stage."""

from aws_cdk import CustomResource, Stack
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
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
from mlops_sm_project_template.templates.pipeline_constructs.stage_roles import StageRoles


class DeployPipelineConstruct(Construct):
    """Deploy repository, the roles of its stages, and what removes the endpoints in the end.

    A deletion takes the workflows' roles first, so that nothing is deployed any more; then the
    endpoints; then the roles that CloudFormation and SageMaker needed to remove them.
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
        self._settings = settings
        self._parameters = parameters
        self._data = data
        self._execution = execution
        self._repository = GithubRepository(
            self,
            "Github",
            parameters=parameters,
            name=names.deploy_repository(parameters.project_name),
            description=f"Deploys the model of SageMaker project {parameters.project_name}",
            token_secret_arn=token_secret_arn,
            environments=names.STAGES,
            reviewed_environments=names.STAGES[1:],
        )
        self._stages = [
            StageRoles(
                self,
                stage.title(),
                stage=stage,
                settings=settings,
                parameters=parameters,
                data=data,
                execution=execution,
                repository=self._repository,
            )
            for stage in names.STAGES
        ]
        endpoints = ProjectEndpoints(
            self,
            "Endpoints",
            parameters=parameters,
            stack_names=[stage.stack_name for stage in self._stages],
        )
        endpoints.removal.node.add_dependency(execution.role)
        for stage in self._stages:
            endpoints.removal.node.add_dependency(stage.cloudformation)
            stage.workflow.node.add_dependency(endpoints.removal)

    def fill(self, seed: SeedBundle) -> CustomResource:
        """Commit the seed code; nothing is deployed before a model is approved."""
        stack = Stack.of(self)
        content = self._repository.fill(
            seed,
            {
                "AWS_ACCOUNT": stack.account,
                "AWS_REGION": stack.region,
                "PROJECT_NAME": self._parameters.project_name,
                "PROJECT_ID": self._parameters.project_id,
                "EXECUTION_ROLE_ARN": self._execution.role.role_arn,
                "KMS_KEY_ARN": self._data.key.key_arn,
                "ARTIFACT_BUCKET": self._data.bucket.bucket_name,
                "MODEL_PACKAGE_GROUP_NAME": self._data.group_name,
                "APPROVAL_GATE": self._repository.approval_gate,
                # dev lies in the project's account.
                **self._repository.claims(self._settings, names.STAGES[1:]),
            },
            {"README.md": {"approval-gate": self._repository.approval_gate_note}},
        )
        for stage in self._stages:
            content.node.add_dependency(stage.workflow)
        return content
