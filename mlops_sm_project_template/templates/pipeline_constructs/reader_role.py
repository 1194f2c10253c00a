"""The role of the job that reads the data: it may read more than the project's own bucket."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, CfnCondition, Fn
from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.location_statements import read_chosen
from mlops_sm_project_template.policy_statements import SAGEMAKER, Statement
from mlops_sm_project_template.rights.granting import policy_arns
from mlops_sm_project_template.rights.reader import reader_rights
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)

_TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": SAGEMAKER},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
}


class ReaderRole(Construct):
    """Reads the project's own data and what the project chose of the registration's locations.

    Its boundary allows the registration's locations and no more, whatever is chosen. A project
    that chose none has no such role: its execution role reads what is the project's own. Under a
    company's boundary it reads all of the locations, since the registration's policy for the duty
    knows no choice.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: Settings,
        parameters: ProjectParameters,
        data: ProjectData,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._data = data
        self._chosen = CfnCondition(
            self,
            "Chosen",
            expression=Fn.condition_not(Fn.condition_equals(parameters.data_locations, "")),
        )
        # Raw, since the CDK's statements take no list that CloudFormation makes.
        role = iam.CfnRole(
            self,
            "Role",
            role_name=names.project_role(parameters.project_id, "reader"),
            description="SageMaker reads the data of the project with this role",
            assume_role_policy_document=_document([_TRUST]),
            **self._granted(parameters.data_locations),
        )
        role.cfn_options.condition = self._chosen
        role.node.add_dependency(data.clean_up)
        self._arn = role.attr_arn

    def arn_or(self, other: str) -> str:
        """Its ARN if there is such a role, or else another one's."""
        return Fn.condition_if(self._chosen.logical_id, self._arn, other).to_string()

    def _granted(self, chosen: str) -> dict[str, Any]:
        company, subject = self._settings.roles, self._data.subject
        locations = read_chosen(chosen, self._settings)
        rights = reader_rights(subject, self._settings, locations)
        if company.boundary is not None:
            return {"managed_policy_arns": policy_arns(company, "reader", rights)}
        return {
            "policies": [
                iam.CfnRole.PolicyProperty(policy_name=name, policy_document=_document(said))
                for name, said in rights.items()
            ]
        }


def _document(statements: Sequence[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
