"""The key of a project: its own, or that of the registration, as the parameter says."""

from collections.abc import Sequence

from aws_cdk import CfnCondition, CustomResource, Fn, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from mlops_sm_project_template.config import arns, encryption_key, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    Statement,
    allow,
    allow_key_through_s3,
    for_objects_of,
    grant_to_services,
)
from mlops_sm_project_template.templates.pipeline_constructs.data_function import ask_data_function
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_stages import restrict

# Retained when the project is deleted, but not when its launch fails: a key costs money.
_STAYS = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

# What CloudFormation does to a key and its alias when it makes, changes and deletes them.
_LOOK_AFTER_KEY = (
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)


class ProjectKey:
    """Encrypts the project's bucket and the disks of its endpoints.

    Attributes:
        own: the project's own key; in the stack only if the project has one.
        arn: of the key that it has.
        id: of the same, as the clean-up is told it.
    """

    def __init__(
        self, scope: Construct, *, parameters: ProjectParameters, settings: Settings
    ) -> None:
        """Make the parts in the scope itself, where the own key always was.

        Args:
            scope: of the project's data.
            parameters: of the project.
            settings: which key the registration names, and how the roles that look after it are.
        """
        self._bucket = arns.s3(names.bucket(parameters.project_id))
        self._narrow = bool(parameters.encryption_key)
        self.own = _build_own_key(
            scope, names.pipeline(parameters.project_name, parameters.project_id), settings.roles
        )
        alias = _build_alias(scope, self.own, parameters.project_id)
        self.arn, self.id = self.own.key_arn, self.own.key_id
        self.for_bucket: kms.IKey = self.own
        if self._narrow:
            choice = _build_choice(scope, parameters, settings)
            self._leave_the_choice(scope, alias, parameters.encryption_key, choice)

    def _leave_the_choice(
        self, scope: Construct, alias: kms.CfnAlias, chosen: str, choice: CustomResource
    ) -> None:
        is_own = CfnCondition(
            scope,
            "HasOwnKey",
            expression=Fn.condition_equals(chosen, encryption_key.OWN),
        )
        for element in (self.own, alias):
            restrict(element, is_own)
        # Nothing is made or changed before the choice is known to be the one of before.
        self.own.node.add_dependency(choice)
        shared = choice.get_att_string("KeyArn")
        self.arn, self.id = (
            Fn.condition_if(is_own.logical_id, own, shared).to_string()
            for own in (self.own.key_arn, self.own.key_id)
        )
        self.for_bucket = kms.Key.from_key_arn(scope, "KeyOfBucket", self.arn)

    def through_s3(self, *actions: str) -> list[Statement]:
        """Allow actions on the key for the objects of the project's own bucket."""
        if not self._narrow:
            return [allow_key_through_s3(self.arn, *actions)]
        conditions = for_objects_of(self._bucket)
        return [allow_key_through_s3(self.arn, *actions, conditions=conditions)]

    def of_output(self) -> list[Statement]:
        """Allow what SageMaker does with the key of an output.

        It looks at the key, and asks whether the role may encrypt: for no object, or for one of
        the project's bucket.
        """
        actions = ["kms:DescribeKey", "kms:Encrypt"]
        if not self._narrow:
            return [allow(actions, [self.arn])]
        conditions = for_objects_of(self._bucket, operator="StringLikeIfExists")
        return [allow(actions, [self.arn], conditions=conditions)]

    def of_disks(self) -> list[Statement]:
        """Allow SageMaker to encrypt an endpoint's disks, for as long as they run."""
        return [allow(["kms:DescribeKey"], [self.arn]), grant_to_services(self.arn)]


def _build_own_key(scope: Construct, project: str, company: CompanyRoles) -> kms.Key:
    key = kms.Key(
        scope,
        "Key",
        description=f"Data and models of SageMaker project {project}",
        enable_key_rotation=True,
        removal_policy=_STAYS,
    )
    _let_change(key, company.role(names.LAUNCH_ROLE), _LOOK_AFTER_KEY)
    _let_change(key, company.role(names.DATA_ROLE), ("kms:ScheduleKeyDeletion",))
    return key


def _build_alias(scope: Construct, key: kms.Key, project_id: str) -> kms.CfnAlias:
    return kms.CfnAlias(
        scope, "KeyAlias", alias_name=names.key_alias(project_id), target_key_id=key.key_id
    )


def _let_change(key: kms.Key, role: str, actions: Sequence[str]) -> None:
    """Allow a role of this account in the key's policy.

    The role is a condition, since a principal would be lost when the role is made anew.
    """
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=list(actions),
            resources=["*"],
            conditions={"ArnEquals": {"aws:PrincipalArn": arns.iam(role)}},
        )
    )


def _build_choice(
    scope: Construct, parameters: ProjectParameters, settings: Settings
) -> CustomResource:
    """Ask the data function, at each launch and whenever one of the properties changes.

    It refuses accounts that it is told of: those that the shared key does not let in.
    """
    are_refused = settings.kms_key == encryption_key.SHARED and not settings.principal_org_id
    return ask_data_function(
        scope,
        "KeyChoice",
        resource_type="Custom::ProjectKey",
        properties={
            "BucketName": names.bucket(parameters.project_id),
            "EncryptionKey": parameters.encryption_key,
            "KmsKey": settings.kms_key,
            **({"StageAccounts": parameters.stage_accounts} if are_refused else {}),
        },
    )
