"""Accounts that later stages lie in: what of a project they may read."""

from typing import Any

from aws_cdk import Aws, CfnCondition, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import THROUGH_S3, all_of, in_organization


class StageAccounts(Construct):
    """The project's side of a stage in another account; the other side is that account's stack.

    In each account only the project's own roles are let in, by their names: a policy cannot name a
    role that may not exist yet.

    Args:
        account_numbers: with commas between; empty for none.
        project_id: of the SageMaker project.
        organization: id of the one that the accounts must be in; empty for any.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account_numbers: str,
        project_id: str,
        company: CompanyRoles,
        organization: str = "",
    ) -> None:
        super().__init__(scope, id_)
        self._company = company
        self._project_id = project_id
        self._organization = in_organization(organization)
        self._exist = CfnCondition(
            self, "Exist", expression=Fn.condition_not(Fn.condition_equals(account_numbers, ""))
        )
        self._numbers = Fn.split(",", account_numbers)

    def let_read(self, bucket: s3.Bucket, keys: str, key: kms.Key) -> None:
        """Let the endpoints' roles read objects and decrypt them with their key.

        Without stage accounts this names roles of the project's account that do not exist.
        """
        principals = Fn.condition_if(
            self._exist.logical_id, self._numbers, [Aws.ACCOUNT_ID]
        ).to_string()
        endpoints = self._roles(names.stage_execution_role(self._project_id, "*"))
        for target, action, resource, conditions in (
            (bucket, "s3:GetObject", bucket.arn_for_objects(keys), {}),
            (key, "kms:Decrypt", "*", THROUGH_S3),
        ):
            target.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="StageAccounts",
                    principals=[iam.ArnPrincipal(principals)],
                    actions=[action],
                    resources=[resource],
                    conditions=all_of(endpoints, conditions, self._organization),
                )
            )

    def model_package_policy(self) -> Any:
        """Policy of the model package group: see the versions, and make models of them."""
        statement = {
            "Sid": "StageAccounts",
            "Effect": "Allow",
            "Principal": {"AWS": self._numbers},
            "Action": ["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"],
            "Resource": arns.model_packages(self._project_id),
            "Condition": all_of(
                self._roles(names.project_role(self._project_id, "*")), self._organization
            ),
        }
        return Fn.condition_if(
            self._exist.logical_id,
            {"Version": "2012-10-17", "Statement": [statement]},
            Aws.NO_VALUE,
        )

    def _roles(self, name: str) -> dict[str, dict[str, str]]:
        role = f"arn:{Aws.PARTITION}:iam::*:{self._company.role(name)}"
        return {"ArnLike": {"aws:PrincipalArn": role}}
