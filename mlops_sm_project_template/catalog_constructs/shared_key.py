"""The one key of a registration, for projects that have none of their own."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import RemovalPolicy, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import (
    THROUGH_S3,
    all_of,
    for_objects_of,
    in_organization,
)


class SharedKey(Construct):
    """Encrypts what is in the buckets of projects, each of which IAM opens to its own roles alone.

    It stays when the registration goes, since nothing could be read without it. The policy leaves
    roles of this account to IAM, and lets in who comes through S3 for a project's bucket; that
    bucket's policy says whether it is the right one.

    Args:
        studio_roles: ARNs of the roles whose users may have projects.
        company: how the roles of stages are named.
        organization: id of the one whose accounts may hold stages; empty if no other account may.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        studio_roles: Sequence[str],
        organization: str,
        company: CompanyRoles,
    ) -> None:
        super().__init__(scope, id_)
        key = kms.Key(
            self,
            "Key",
            description="Data and models of SageMaker projects that have no key of their own",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        # Gone with the registration, so that the next one can have it.
        kms.CfnAlias(self, "Alias", alias_name=names.SHARED_KEY_ALIAS, target_key_id=key.key_id)
        self.arn = key.key_arn
        Tags.of(key).add(*names.SHARED_KEY_TAG)
        use = ("kms:Decrypt", "kms:GenerateDataKey")
        _let_in(key, "Studio", use, {"ArnEquals": {"aws:PrincipalArn": list(studio_roles)}})
        if organization:
            name = names.stage_execution_role(names.ANY_PROJECT_ID, "*")
            roles = f"arn:{arns.PARTITION}:iam::*:{company.role(name)}"
            whom = {"ArnLike": {"aws:PrincipalArn": roles}, **in_organization(organization)}
            _let_in(key, "StageAccounts", ("kms:Decrypt",), whom)


def _let_in(
    key: kms.Key, sid: str, actions: Sequence[str], whom: dict[str, dict[str, Any]]
) -> None:
    """Let roles use the key for objects of projects' buckets.

    The roles are a condition, since a principal would be lost when the role is made anew.
    """
    bucket = arns.s3(names.bucket(names.ANY_PROJECT_ID))
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            principals=[iam.AnyPrincipal()],
            actions=list(actions),
            resources=["*"],
            conditions=all_of(for_objects_of(bucket), THROUGH_S3, whom),
        )
    )
