"""The role with which Service Catalog launches, updates and terminates a project."""

from itertools import chain

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import allow, document

# Keys have no names of their own, so the project's tag tells which ones are meant.
_ANY_KEY = "key/*"
_STAGE_DUTIES = [names.stage_duties(stage) for stage in names.STAGES]
_TAGGED = "aws:ResourceTag"
_TAGGING = "aws:RequestTag"


class LaunchRole(Construct):
    """May do to this product's resources what CloudFormation does with them, and nothing else."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.role = iam.Role(
            self,
            "Role",
            role_name=names.LAUNCH_ROLE,
            description="Service Catalog launches SageMaker projects with this role",
            assumed_by=iam.ServicePrincipal("servicecatalog.amazonaws.com"),
            inline_policies={
                "stack": self._stack(),
                "keys": self._keys(),
                "data": self._data(),
                "roles": self._roles(),
                "configuration": self._configuration(),
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

    def _keys(self) -> iam.PolicyDocument:
        key = arns.regional("kms", _ANY_KEY)
        alias = arns.regional("kms", names.key_alias(names.ANY_PROJECT_ID))
        change_alias = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
        return document(
            allow(
                ["kms:CreateKey", "kms:TagResource"],
                # A key that is being made has no ARN yet; its tag narrows this.
                ["*"],
                conditions=_of_any_project(_TAGGING),
            ),
            allow(
                [
                    *change_alias,
                    "kms:DescribeKey",
                    "kms:EnableKeyRotation",
                    "kms:GetKeyPolicy",
                    "kms:GetKeyRotationStatus",
                    "kms:ListResourceTags",
                    "kms:PutKeyPolicy",
                    "kms:ScheduleKeyDeletion",
                    "kms:UntagResource",
                    "kms:UpdateKeyDescription",
                ],
                [key],
                conditions=_of_any_project(_TAGGED),
            ),
            allow(change_alias, [alias]),
            # This action knows no resource.
            allow(["kms:ListAliases"], ["*"]),
        )

    def _data(self) -> iam.PolicyDocument:
        return document(
            allow(
                [
                    "s3:CreateBucket",
                    "s3:DeleteBucket",
                    "s3:DeleteBucketPolicy",
                    "s3:GetBucketLocation",
                    "s3:GetBucketOwnershipControls",
                    "s3:GetBucketPolicy",
                    "s3:GetBucketPublicAccessBlock",
                    "s3:GetBucketTagging",
                    "s3:GetBucketVersioning",
                    "s3:GetEncryptionConfiguration",
                    "s3:GetLifecycleConfiguration",
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
                ],
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

    def _roles(self) -> iam.PolicyDocument:
        roles = [
            arns.iam(f"role/{names.project_role(names.ANY_PROJECT_ID, duty)}")
            for duty in ("execution", "build", *chain.from_iterable(_STAGE_DUTIES))
        ]
        boundaries = [
            arns.iam(f"policy/{name}")
            for name in (names.PROJECT_BOUNDARY, names.EXECUTION_BOUNDARY)
        ]
        return document(
            # A role without a boundary could be given anything, up to administrator.
            allow(
                [
                    "iam:CreateRole",
                    "iam:DeleteRolePolicy",
                    "iam:PutRolePermissionsBoundary",
                    "iam:PutRolePolicy",
                ],
                roles,
                conditions={"StringEquals": {"iam:PermissionsBoundary": boundaries}},
            ),
            allow(
                [
                    "iam:DeleteRole",
                    "iam:GetRole",
                    "iam:GetRolePolicy",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListRolePolicies",
                    "iam:TagRole",
                    "iam:UntagRole",
                    "iam:UpdateAssumeRolePolicy",
                    "iam:UpdateRole",
                    "iam:UpdateRoleDescription",
                ],
                roles,
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
        )


def _of_any_project(key: str) -> dict[str, dict[str, str]]:
    return {"StringLike": {f"{key}/{names.PROJECT_ID_TAG}": names.ANY_PROJECT_ID}}
