"""Which actions are really taken away, and what is seen to fail then: by role.

The tests in `tests/rehearsed/permissions` play exactly these parts, once without each action, and
require what is said here; so the page may say it too.
"""

from collections.abc import Mapping

_LAUNCH = "the launch fails"
_LAUNCHING = ("launch", "repository function")
PUBLISHES_NOTHING = "the registration fails"
PRODUCT_STAYS = "the removal of the registration fails"
LOG_IS_LOST = "the job's log is lost"
ALARMS_ARE_UNSEEN = "the creation of an endpoint with alarms fails"
ENDPOINTS_UNSEEN = "the look at the endpoints fails"
CAUSE_IS_NOT_SHOWN = "the cause of a failed deployment is not shown"
_PULL_IMAGE = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
)
_WRITE_LOG = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)

TRIED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "build": {
        "the first build fails": (
            "dynamodb:GetItem",
            "iam:PassRole",
            "kms:GenerateDataKey",
            "s3:PutObject",
            "sagemaker:AddTags",
            "sagemaker:CreatePipeline",
            "sagemaker:DescribePipeline",
            "sagemaker:StartPipelineExecution",
            "sagemaker:UpdatePipeline",
        ),
        "a build fails while a version is live": ("sagemaker:DescribeModelPackage",),
    },
    "cloudformation-dev": {
        "the creation of the endpoint fails": (
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:DescribeScalingPolicies",
            "application-autoscaling:DescribeScheduledActions",
            "application-autoscaling:ListTagsForResource",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:TagResource",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "iam:CreateServiceLinkedRole",
            "iam:PassRole",
            "kms:CreateGrant",
            "kms:DescribeKey",
            "sagemaker:AddTags",
            "sagemaker:CreateEndpoint",
            "sagemaker:CreateEndpointConfig",
            "sagemaker:CreateModel",
            "sagemaker:DescribeEndpoint",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:DescribeModel",
            "sagemaker:DescribeModelPackage",
            "sagemaker:ListTags",
            "sagemaker:UpdateEndpointWeightsAndCapacities",
        ),
        "the update of the endpoint fails": (
            "application-autoscaling:UntagResource",
            "cloudwatch:UntagResource",
            "sagemaker:DeleteTags",
            "sagemaker:UpdateEndpoint",
        ),
        "the deletion of the endpoint fails": (
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeregisterScalableTarget",
            "cloudwatch:DeleteAlarms",
            "sagemaker:DeleteEndpoint",
            "sagemaker:DeleteEndpointConfig",
            "sagemaker:DeleteModel",
        ),
    },
    "data function": {
        "the deletion of the data fails": (
            "s3:AbortMultipartUpload",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "sagemaker:DeleteModelPackage",
            "sagemaker:DeleteModelPackageGroup",
            "sagemaker:DeletePipeline",
            "sagemaker:ListModelPackages",
        ),
        "a running pipeline cannot be deleted": (
            "sagemaker:ListPipelineExecutions",
            "sagemaker:StopPipelineExecution",
        ),
        "the deletion of the endpoint fails": (
            "cloudformation:DeleteStack",
            "cloudformation:DescribeStacks",
        ),
    },
    "deploy-dev": {
        "the admission of the model fails": (
            "dynamodb:GetItem",
            "kms:Decrypt",
            "s3:GetObject",
            "sagemaker:DescribeModelPackage",
        ),
        "the choice of the newest model fails": ("sagemaker:ListModelPackages",),
        "the first deployment fails": (
            "cloudformation:CreateStack",
            "cloudformation:DescribeStacks",
            "iam:PassRole",
        ),
        "the next deployment fails": ("cloudformation:GetTemplate", "cloudformation:UpdateStack"),
        "the removal fails": ("cloudformation:DeleteStack",),
        "the integration test fails": ("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"),
        "the report fails": ("events:PutEvents",),
        CAUSE_IS_NOT_SHOWN: ("cloudformation:DescribeStackEvents",),
    },
    "dispatch function": {
        "the approval deploys nothing": (
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "sagemaker:DescribeModelPackage",
            "sagemaker:ListModelPackages",
            "secretsmanager:GetSecretValue",
            "ssm:GetParameter",
        ),
        "people are not told what an approval lacks": ("sagemaker:UpdateModelPackage",),
    },
    "execution": {
        "the pipeline fails": (
            *_PULL_IMAGE,
            "iam:PassRole",
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
            "sagemaker:AddTags",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateTrainingJob",
            "sagemaker:DescribeProcessingJob",
            "sagemaker:DescribeTrainingJob",
        ),
        "the registration of the model fails": (
            "sagemaker:CreateModelPackage",
            "sagemaker:DescribeModelPackage",
        ),
        LOG_IS_LOST: _WRITE_LOG,
        ALARMS_ARE_UNSEEN: ("cloudwatch:DescribeAlarms",),
    },
    "reader": {
        "the pipeline fails": (
            *_PULL_IMAGE,
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutObject",
        ),
        LOG_IS_LOST: _WRITE_LOG,
    },
    "tokens function": {
        "the check of the tokens fails": (
            "cloudwatch:PutMetricData",
            "secretsmanager:GetSecretValue",
            "ssm:GetParametersByPath",
        ),
        ENDPOINTS_UNSEEN: ("sagemaker:DescribeEndpoint", "tag:GetResources"),
    },
    "versions function": {
        PUBLISHES_NOTHING: (
            "cloudformation:ValidateTemplate",
            "s3:CreateBucket",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketVersioning",
            "s3:PutObject",
            "servicecatalog:CreateProduct",
            "servicecatalog:CreateProvisioningArtifact",
            "servicecatalog:DescribeProvisioningArtifact",
            "servicecatalog:ListProvisioningArtifacts",
            "servicecatalog:ScanProvisionedProducts",
            "servicecatalog:SearchProductsAsAdmin",
            "servicecatalog:UpdateProduct",
            "servicecatalog:UpdateProvisioningArtifact",
        ),
        PRODUCT_STAYS: (
            "s3:AbortMultipartUpload",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "servicecatalog:DeleteProduct",
        ),
    },
}


def outcome(purpose: str, action: str, act: str) -> str:
    """What is seen without an action; empty if that is not tried.

    Args:
        purpose: of the role.
        action: of the role.
        act: the first that needs it; without what a launch needs, a launch is tried.
    """
    if purpose in _LAUNCHING:
        return _LAUNCH if act == "launch" else ""
    parts = TRIED.get(purpose, {})
    return next((seen for seen, actions in parts.items() if action in actions), "")
