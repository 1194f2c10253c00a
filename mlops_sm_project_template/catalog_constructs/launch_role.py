"""The role with which Service Catalog launches, updates and terminates a project."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.catalog_constructs.role_making import make_roles
from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import (
    THROUGH_CLOUDFORMATION,
    Statement,
    allow,
    document,
)

_MAKE_BUCKET = (
    "s3:CreateBucket",
    "s3:DeleteBucket",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketLocation",
    "s3:GetBucketPolicy",
    "s3:ListBucket",
    "s3:ListTagsForResource",
    "s3:PutBucketOwnershipControls",
    "s3:PutBucketPolicy",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutBucketTagging",
    "s3:PutBucketVersioning",
    "s3:PutEncryptionConfiguration",
    "s3:PutLifecycleConfiguration",
    "s3:TagResource",
    "s3:UntagResource",
)
# CloudFormation reads all of a bucket that it makes, set or not.
_READ_BUCKET = (
    "s3:GetAccelerateConfiguration",
    "s3:GetAnalyticsConfiguration",
    "s3:GetBucketAbac",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketMetadataTableConfiguration",
    "s3:GetBucketNotification",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetIntelligentTieringConfiguration",
    "s3:GetInventoryConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetMetricsConfiguration",
    "s3:GetReplicationConfiguration",
)


class LaunchRole(Construct):
    """May do to this product's resources what CloudFormation does with them, and nothing else.

    Args:
        settings: how the roles of projects are named and confined, and whether projects make keys
            and budgets.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings) -> None:
        super().__init__(scope, id_)
        # What is done to the key that a project had before it could share one, that key's own
        # policy allows.
        made_keys = [] if settings.kms_key else _make_keys()
        self.role = iam.Role(
            self,
            "Role",
            role_name=names.LAUNCH_ROLE,
            description="Service Catalog launches SageMaker projects with this role",
            assumed_by=iam.ServicePrincipal("servicecatalog.amazonaws.com"),
            inline_policies={
                "stack": self._stack(),
                "keys": document(*made_keys, *_name_keys()),
                "data": self._data(),
                "roles": document(*make_roles(settings.roles)),
                "configuration": self._configuration(),
                **({"budgets": self._budgets()} if settings.budget_topic_arn else {}),
            },
        )

    def _stack(self) -> iam.PolicyDocument:
        return document(
            allow(
                [
                    "cloudformation:CreateStack",
                    "cloudformation:DeleteStack",
                    "cloudformation:DescribeStackEvents",
                    "cloudformation:DescribeStacks",
                    "cloudformation:SetStackPolicy",
                    "cloudformation:TagResource",
                    "cloudformation:UntagResource",
                    "cloudformation:UpdateStack",
                ],
                [arns.regional("cloudformation", names.LAUNCHED_STACKS)],
            ),
            # Service Catalog plans an update by a change set, which nobody may execute.
            allow(
                [
                    "cloudformation:CreateChangeSet",
                    "cloudformation:DeleteChangeSet",
                    "cloudformation:DescribeChangeSet",
                    "cloudformation:ListChangeSets",
                ],
                [arns.regional("cloudformation", names.LAUNCHED_STACKS)],
            ),
            # With a template instead of a stack, these actions know no resource.
            allow(["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"], ["*"]),
            # Service Catalog keeps the template in a bucket of its own, and tags it with this.
            allow(
                ["s3:GetObject"],
                ["*"],
                conditions={
                    "StringEquals": {"s3:ExistingObjectTag/servicecatalog:provisioning": "true"}
                },
            ),
            allow(
                ["lambda:InvokeFunction"],
                [
                    arns.regional("lambda", f"function:{function}")
                    for function in (names.REPOSITORY_FUNCTION, names.DATA_FUNCTION)
                ],
            ),
        )

    def _data(self) -> iam.PolicyDocument:
        return document(
            allow(
                [*_MAKE_BUCKET, *_READ_BUCKET],
                [arns.s3(names.bucket(names.ANY_PROJECT_ID))],
            ),
            allow(
                [
                    "sagemaker:AddTags",
                    "sagemaker:CreateModelPackageGroup",
                    "sagemaker:DeleteModelPackageGroup",
                    "sagemaker:DeleteModelPackageGroupPolicy",
                    "sagemaker:DeleteTags",
                    "sagemaker:DescribeModelPackageGroup",
                    "sagemaker:GetModelPackageGroupPolicy",
                    "sagemaker:ListTags",
                    "sagemaker:PutModelPackageGroupPolicy",
                ],
                [arns.model_package_group(names.ANY_PROJECT_ID)],
            ),
        )

    def _configuration(self) -> iam.PolicyDocument:
        return document(
            allow(
                [
                    "secretsmanager:CreateSecret",
                    "secretsmanager:DeleteSecret",
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:TagResource",
                    "secretsmanager:UntagResource",
                    "secretsmanager:UpdateSecret",
                ],
                [arns.token_secret(names.token_secret(names.ANY_PROJECT_ID))],
            ),
            allow(
                [
                    "ssm:AddTagsToResource",
                    "ssm:DeleteParameter",
                    "ssm:GetParameters",
                    "ssm:ListTagsForResource",
                    "ssm:PutParameter",
                    "ssm:RemoveTagsFromResource",
                ],
                # One parameter a project, below a path of this product's own.
                [arns.regional("ssm", f"parameter{names.PROJECT_PARAMETER_PREFIX}*")],
            ),
            # Whom a project lets put data into its bucket.
            allow(
                ["ssm:GetParameters"],
                [arns.regional("ssm", f"parameter{names.EXECUTION_ROLE_PARAMETER}")],
            ),
        )

    def _budgets(self) -> iam.PolicyDocument:
        budget = names.budget(names.ANY_PROJECT_ID)
        return document(
            allow(
                [
                    "budgets:ListTagsForResource",
                    "budgets:ModifyBudget",
                    "budgets:TagResource",
                    "budgets:UntagResource",
                    "budgets:ViewBudget",
                ],
                [arns.of_account("budgets", f"budget/{budget}")],
            ),
            # What the whole account costs, since CloudFormation looks at a budget with its costs.
            allow(
                ["billing:GetBillingViewData"],
                [arns.of_account("billing", "billingview/primary")],
            ),
        )


def _make_keys() -> list[Statement]:
    """Make keys; what is done to one afterwards, its own policy allows (`ProjectKey`).

    A right by a tag would be one over every key of the account, since who makes tagged keys
    may tag others.
    """
    return [
        allow(
            ["kms:CreateKey", "kms:TagResource"],
            # A key that is being made has no ARN yet. CloudFormation tags no other.
            ["*"],
            conditions={
                "StringLike": {f"aws:RequestTag/{names.PROJECT_ID_TAG}": names.ANY_PROJECT_ID},
                **THROUGH_CLOUDFORMATION,
            },
        )
    ]


def _name_keys() -> list[Statement]:
    alias = arns.regional("kms", names.key_alias(names.ANY_PROJECT_ID))
    return [
        allow(["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], [alias]),
        # This action knows no resource.
        allow(["kms:ListAliases"], ["*"]),
    ]
