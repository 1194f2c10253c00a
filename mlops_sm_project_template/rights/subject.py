"""Of which project, and of which of its stages, a policy speaks."""

from dataclasses import dataclass, replace
from typing import Protocol

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import Statement

Rights = dict[str, list[Statement]]
"""Statements by the name of the policy that holds them, where there is one for each purpose."""


class Key(Protocol):
    """What a role may do with the key of its project."""

    def through_s3(self, *actions: str) -> list[Statement]:
        """Allow actions for the objects of the project's own bucket."""

    def of_output(self) -> list[Statement]:
        """Allow what SageMaker does with the key of an output."""

    def of_disks(self) -> list[Statement]:
        """Allow what SageMaker does with the key of an endpoint's disks."""


@dataclass(frozen=True)
class Subject:
    """A project and a stage: CloudFormation's references, or IAM's variables.

    Attributes:
        project_id: of the SageMaker project.
        project_name: of the SageMaker project.
        bucket_arn: of the project's bucket.
        key: that encrypts the bucket.
        company: how the roles are named.
        stage: its name; `*` for any.
    """

    project_id: str
    project_name: str
    bucket_arn: str
    key: Key
    company: CompanyRoles
    stage: str = "*"

    @property
    def group_name(self) -> str:
        """Name of pipeline and model package group, and of their folder in the bucket."""
        return names.pipeline(self.project_name, self.project_id)

    def objects(self, pattern: str) -> str:
        """ARN of objects of the project's bucket."""
        return f"{self.bucket_arn}/{pattern}"

    def role(self, duty: str) -> str:
        """ARN of a role of the project."""
        return arns.iam(self.company.role(names.project_role(self.project_id, duty)))

    def of_stage(self, stage: str) -> "Subject":
        """The same project, and one of its stages."""
        return replace(self, stage=stage)
