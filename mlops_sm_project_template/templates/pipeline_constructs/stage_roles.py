"""The roles of one stage: that of the deploy workflow in its environment, and CloudFormation's."""

from aws_cdk import Tags
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.rights.endpoint import endpoint_rights_of
from mlops_sm_project_template.rights.granting import grant
from mlops_sm_project_template.rights.workflow import workflow_rights
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    cloudformation_role,
)
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
)
from mlops_sm_project_template.templates.pipeline_constructs.project import Project
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import (
    Stage,
    restrict,
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
        self._company = project.settings.roles
        self._subject = project.data.subject.of_stage(stage.name)
        self.stack_name = names.endpoint_stack(self._subject.project_id, stage.name)
        self.cloudformation = cloudformation_role(
            self,
            stage=stage.name,
            project_id=self._subject.project_id,
            company=self._company,
            rights=endpoint_rights_of(self._subject),
        )
        self.workflow = self._build_workflow_role(
            repository.workflows_of_stage(project.settings, stage)
        )
        for role in (self.cloudformation, self.workflow):
            role.node.add_dependency(project.data.clean_up)
            restrict(role, stage.exists)
            self._tag(role)

    def _build_workflow_role(self, workflows: iam.IPrincipal) -> iam.Role:
        subject = self._subject
        duty, _ = names.stage_duties(subject.stage)
        rights = workflow_rights(subject, cloudformation_role_arn=self.cloudformation.role_arn)
        return iam.Role(
            self,
            "Workflow",
            role_name=names.project_role(subject.project_id, duty),
            description=f"The deploy workflow works on {subject.stage} with this role",
            assumed_by=workflows,
            **grant(self, self._company, "deploy", rights),
        )

    def _tag(self, role: iam.Role) -> None:
        """Tell the registration's policies which stage it is, where the role has one of those."""
        if self._company.boundary is not None:
            Tags.of(role).add(names.STAGE_TAG_OF_ROLE, self._subject.stage)
