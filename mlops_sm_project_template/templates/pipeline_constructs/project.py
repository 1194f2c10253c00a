"""What a project's two repositories, and the roles that work for them, rest on."""

from dataclasses import dataclass

from aws_cdk import Stack

from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import ExecutionRole
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from mlops_sm_project_template.templates.pipeline_constructs.reader_role import ReaderRole


@dataclass(frozen=True)
class Project:
    """The parts that are made first."""

    settings: Settings
    parameters: ProjectParameters
    data: ProjectData
    execution: ExecutionRole
    reader: ReaderRole | None
    token_secret_arn: str

    @property
    def reader_role_arn(self) -> str:
        """The role of the job that reads the data: of its own only if it reads more than theirs."""
        execution = self.execution.role.role_arn
        return execution if self.reader is None else self.reader.arn_or(execution)

    def variables(self) -> dict[str, str]:
        """What `project.env` says in both repositories."""
        stack = Stack.of(self.data)
        return {
            "AWS_ACCOUNT": stack.account,
            "AWS_REGION": stack.region,
            "PROJECT_NAME": self.parameters.project_name,
            "PROJECT_ID": self.parameters.project_id,
            "EXECUTION_ROLE_ARN": self.execution.role.role_arn,
            "ARTIFACT_BUCKET": self.data.bucket.bucket_name,
            "KMS_KEY_ARN": self.data.key.arn,
            "MODEL_PACKAGE_GROUP_NAME": self.data.group_name,
            **self._allowed(),
        }

    def _allowed(self) -> dict[str, str]:
        """What the registration says to repositories, by its settings; nothing as a rule."""
        settings = self.settings
        lists = {
            "IMAGE_REPOSITORIES": [one.address for one in settings.image_repositories],
            "TAGS": [f"{key}={value}" for key, value in settings.tags],
            "JOBS_SUBNETS": settings.jobs_subnets,
            "JOBS_SECURITY_GROUPS": settings.jobs_security_groups,
            "ENDPOINT_SUBNETS": settings.endpoint_subnets,
            "ENDPOINT_SECURITY_GROUPS": settings.endpoint_security_groups,
        }
        return {name: ",".join(items) for name, items in lists.items() if items}
