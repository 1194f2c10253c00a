"""What the function may do that removes what a project leaves behind."""

from aws_cdk import aws_iam as iam

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import Statement, allow, document, read_ledger


def clean_up_policy(*, sees_keys: bool) -> iam.PolicyDocument:
    """Allow to remove endpoints, pipelines, models and objects of every project.

    That it may delete a project's key says the key's own policy.

    Args:
        sees_keys: whether to see also which key a bucket has, where projects share one.
    """
    return document(
        # CloudFormation deletes the endpoint with the role that its stack has.
        allow(
            ["cloudformation:DeleteStack", "cloudformation:DescribeStacks"],
            # A project names its stages itself.
            [arns.endpoint_stacks(names.endpoint_stack(names.ANY_PROJECT_ID, "*"))],
        ),
        # An update that is being rolled back is not refused.
        allow(
            ["cloudformation:DescribeStacks"],
            [arns.regional("cloudformation", names.LAUNCHED_STACKS)],
        ),
        # Whether a stage in an account of its own still serves.
        read_ledger(names.stages_item(f"*-{names.ANY_PROJECT_ID}")),
        *_remove_buckets(),
        *_remove_models(),
        *(_see_keys() if sees_keys else []),
    )


def _remove_buckets() -> list[Statement]:
    bucket = arns.s3(names.bucket(names.ANY_PROJECT_ID))
    return [
        allow(
            [
                "s3:DeleteBucket",
                "s3:ListBucketMultipartUploads",
                "s3:ListBucketVersions",
            ],
            [bucket],
        ),
        allow(
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            [f"{bucket}/*"],
        ),
    ]


def _see_keys() -> list[Statement]:
    return [
        allow(["s3:GetEncryptionConfiguration"], [arns.s3(names.bucket(names.ANY_PROJECT_ID))]),
        # This action knows no resource.
        allow(["kms:ListAliases"], ["*"]),
    ]


def _remove_models() -> list[Statement]:
    group = arns.model_package_group(names.ANY_PROJECT_ID)
    packages = arns.model_packages(names.ANY_PROJECT_ID)
    pipeline = arns.pipeline(names.ANY_PROJECT_ID)
    return [
        allow(
            [
                "sagemaker:DeleteModelPackage",
                "sagemaker:DeleteModelPackageGroup",
            ],
            [group, packages],
        ),
        # This action knows no resource.
        allow(["sagemaker:ListModelPackages"], ["*"]),
        allow(
            [
                "sagemaker:DeletePipeline",
                "sagemaker:ListPipelineExecutions",
                "sagemaker:StopPipelineExecution",
            ],
            [pipeline, f"{pipeline}/execution/*"],
        ),
    ]
