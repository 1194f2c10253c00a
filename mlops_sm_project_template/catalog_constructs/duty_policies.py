"""The rights of each duty, once for all projects: where a company's boundary is on their roles.

The tags of the role that asks stand for project and stage, in the place of references.
"""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.location_statements import read_locations
from mlops_sm_project_template.policy_length import check_length
from mlops_sm_project_template.policy_statements import (
    Statement,
    allow,
    allow_key_through_s3,
    document,
    for_objects_of,
    grant_to_services,
    of_project,
)
from mlops_sm_project_template.rights.build import build_rights
from mlops_sm_project_template.rights.endpoint import endpoint_rights_of
from mlops_sm_project_template.rights.execution import execution_rights
from mlops_sm_project_template.rights.reader import reader_rights
from mlops_sm_project_template.rights.subject import Rights, Subject
from mlops_sm_project_template.rights.workflow import workflow_rights

_ID, _NAME, _STAGE = (
    f"${{aws:PrincipalTag/{tag}}}"
    for tag in (names.BOUNDARY_TAG, names.NAME_TAG_OF_ROLE, names.STAGE_TAG_OF_ROLE)
)
# The settings of which the policies are made.
_GIVEN = ("data_locations", "image_repositories", "jobs_subnets", "jobs_security_groups")
_OUTPUT = ("kms:DescribeKey", "kms:Encrypt")


class DutyPolicies(Construct):
    """One managed policy for each purpose of a duty: the launch role may attach no others to roles.

    Args:
        settings: what the registration allows jobs.
        key_arn: of the key that projects share; empty if each has its own.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings, key_arn: str) -> None:
        super().__init__(scope, id_)
        bucket, company = arns.s3(names.bucket(_ID)), settings.roles
        subject = Subject(
            project_id=_ID,
            project_name=_NAME,
            bucket_arn=bucket,
            key=_KeysOfProjects(bucket, key_arn),
            company=company,
            stage=_STAGE,
        )
        for duty, rights in _rights_of_duties(subject, settings).items():
            for purpose, statements in rights.items():
                check_length(statements, settings, *_GIVEN)
                iam.ManagedPolicy(
                    self,
                    f"{duty}-{purpose}".title(),
                    managed_policy_name=company.prefix + names.duty_policy(duty, purpose),
                    description=f"Rights of roles of SageMaker projects: {duty}, {purpose}",
                    document=document(*statements),
                )


def _rights_of_duties(subject: Subject, settings: Settings) -> dict[str, Rights]:
    _, cloudformation = names.stage_duties(subject.stage)
    rights = {
        "execution": execution_rights(subject, settings),
        "build": build_rights(subject),
        "deploy": workflow_rights(subject, cloudformation_role_arn=subject.role(cloudformation)),
        "cloudformation": endpoint_rights_of(subject),
    }
    if settings.data_locations:
        locations = read_locations(settings.data_locations)
        rights["reader"] = reader_rights(subject, settings, locations)
    return rights


class _KeysOfProjects:
    """A project's own key has its tag; of a shared one S3 says which bucket it is asked for."""

    def __init__(self, bucket_arn: str, shared_arn: str) -> None:
        self._own = [arns.regional("kms", "key/*")]
        self._objects = for_objects_of(bucket_arn)
        self._any_or_own_objects = for_objects_of(bucket_arn, operator="StringLikeIfExists")
        self._shared = [shared_arn] if shared_arn else []

    def through_s3(self, *actions: str) -> list[Statement]:
        """Allow actions for the objects of the project's own bucket."""
        return [
            allow_key_through_s3(self._own[0], *actions, conditions=of_project(_ID)),
            *(
                allow_key_through_s3(arn, *actions, conditions=self._objects)
                for arn in self._shared
            ),
        ]

    def of_output(self) -> list[Statement]:
        """Allow what SageMaker does with the key of an output."""
        return [
            allow(_OUTPUT, self._own, conditions=of_project(_ID)),
            *(allow(_OUTPUT, [arn], conditions=self._any_or_own_objects) for arn in self._shared),
        ]

    def of_disks(self) -> list[Statement]:
        """Allow what SageMaker does with the key of an endpoint's disks."""
        return [
            allow(["kms:DescribeKey"], self._own, conditions=of_project(_ID)),
            grant_to_services(self._own[0], conditions=of_project(_ID)),
            *(allow(["kms:DescribeKey"], [arn]) for arn in self._shared),
            *(grant_to_services(arn) for arn in self._shared),
        ]
