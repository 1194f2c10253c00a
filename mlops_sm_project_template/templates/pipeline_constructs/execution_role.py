"""The role under which SageMaker works for a project: pipeline, jobs and endpoint."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import SAGEMAKER
from mlops_sm_project_template.rights.execution import execution_rights
from mlops_sm_project_template.rights.granting import grant
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData


def sagemaker_of_this_account() -> iam.IPrincipal:
    """SageMaker, as long as it works for this account."""
    return iam.ServicePrincipal(
        SAGEMAKER, conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )


class ExecutionRole(Construct):
    """Reads and writes the project's data, runs its jobs, registers its models.

    It reads for the pipeline too, unless the project chose folders beside its own bucket.
    """

    def __init__(
        self, scope: Construct, id_: str, *, settings: Settings, data: ProjectData
    ) -> None:
        super().__init__(scope, id_)
        subject, duty = data.subject, "execution"
        # Its own policy names this role, so the ARN is written out instead of referenced.
        self.arn = subject.role(duty)
        self.role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(subject.project_id, duty),
            description="SageMaker works for the project with this role",
            assumed_by=sagemaker_of_this_account(),
            **grant(self, settings.roles, duty, execution_rights(subject, settings)),
        )
        self.role.node.add_dependency(data.clean_up)
