"""What a project lets people in Studio do to its bucket: put data in, and read reports."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from mlops_sm_project_template.config import names
from mlops_sm_project_template.policy_statements import THROUGH_S3

_PUT_DATA = (
    "s3:AbortMultipartUpload",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)


def let_studio_work(bucket: s3.Bucket, key: kms.Key, *, role: str, models: str) -> None:
    """Let the role of the project's Studio users in, and that of no other domain.

    Args:
        bucket: of the project.
        key: that encrypts its objects.
        role: ARN of the domain's execution role, under which the project is.
        models: the folder below which reports lie.
    """
    data = names.DATA_FOLDER
    for sid, actions, resource, conditions in (
        (
            "StudioLists",
            ["s3:ListBucket"],
            bucket.bucket_arn,
            {"StringLike": {"s3:prefix": f"{data}*"}},
        ),
        ("StudioPutsData", _PUT_DATA, bucket.arn_for_objects(f"{data}*"), {}),
        (
            "StudioReadsReports",
            ["s3:GetObject"],
            bucket.arn_for_objects(f"{models}*/evaluation.json"),
            {},
        ),
    ):
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ArnPrincipal(role)],
                actions=list(actions),
                resources=[resource],
                conditions=conditions,
            )
        )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="Studio",
            principals=[iam.AnyPrincipal()],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions={**THROUGH_S3, "ArnEquals": {"aws:PrincipalArn": role}},
        )
    )
