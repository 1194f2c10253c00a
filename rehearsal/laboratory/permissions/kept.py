"""Why a permission is kept that no act of the play needs: by role and action, `*` for all roles."""

_LAMBDA_LOG = "Lambda writes the function's log; here nobody asks for it."
_TAGS = "Only when an update takes a tag away, or CloudFormation tags a stack."
_CHANGES = "Only when a new version of the template changes this."
_CATALOG = "AWS's guide to launch roles lists it; here nobody asks for it."
_PLAN = "Only when `fleet update --dry-run` has Service Catalog plan an update."
_STORED = "Only when a project uses the credential that is stored for its owner."

KEPT = {
    ("*", "logs:CreateLogStream"): _LAMBDA_LOG,
    ("*", "logs:PutLogEvents"): _LAMBDA_LOG,
    ("data function", "cloudformation:DescribeStacks"): "Only when an update takes a stage away.",
    ("data function", "dynamodb:GetItem"): "Only when an update takes a stage away.",
    ("data function", "s3:AbortMultipartUpload"): "Only when an upload was left open.",
    ("data function", "sagemaker:ListPipelineExecutions"): "Only when a pipeline still runs.",
    ("data function", "sagemaker:StopPipelineExecution"): "Only when a pipeline still runs.",
    (
        "deploy-dev",
        "cloudformation:ContinueUpdateRollback",
    ): "Only when an earlier update was not rolled back to its end.",
    ("deploy-dev", "cloudformation:TagResource"): _TAGS,
    (
        "dispatch function",
        "dynamodb:DeleteItem",
    ): "Only when an approval is taken back, or GitHub refuses a deployment.",
    ("dispatch function", "cloudwatch:PutMetricData"): "Only when a stage needs people.",
    (
        "dispatch function",
        "lambda:InvokeFunction",
    ): "Only when one invocation has no time for all.",
    ("dispatch function", "sagemaker:DescribePipeline"): "Only for a project with capital letters.",
    (
        "dispatch function",
        "sagemaker:ListPipelineExecutionSteps",
    ): "Only when an execution fails, to say why.",
    ("dispatch function", "sqs:SendMessage"): "Only when an event could not be handled.",
    (
        "execution",
        "cloudwatch:PutMetricData",
    ): "SageMaker writes a job's metrics; not modelled here.",
    (
        "execution",
        "kms:DescribeKey",
    ): "SageMaker looks at the key of an output; not modelled here.",
    ("execution", "s3:AbortMultipartUpload"): "Only when the upload of a large file fails.",
    (
        "execution",
        "sagemaker:AddTags",
    ): "Only for a model whose registration has tags; jobs are tagged as they start.",
    (
        "execution",
        "sagemaker:DescribeModelPackageGroup",
    ): "SageMaker documents no call of a RegisterModel step; not modelled here.",
    ("execution", "sagemaker:StopProcessingJob"): "Only when an execution is stopped.",
    ("execution", "sagemaker:StopTrainingJob"): "Only when an execution is stopped.",
    ("launch", "cloudformation:CreateChangeSet"): _PLAN,
    ("launch", "cloudformation:DeleteChangeSet"): _PLAN,
    ("launch", "cloudformation:DescribeChangeSet"): _PLAN,
    ("launch", "cloudformation:ListChangeSets"): _PLAN,
    ("launch", "cloudformation:TagResource"): _TAGS,
    ("launch", "cloudformation:UntagResource"): _TAGS,
    ("launch", "iam:PutRolePermissionsBoundary"): _CHANGES,
    ("launch", "iam:UpdateAssumeRolePolicy"): _CHANGES,
    ("launch", "iam:UpdateRole"): _CHANGES,
    ("launch", "iam:UpdateRoleDescription"): _CHANGES,
    ("launch", "kms:UpdateAlias"): _CHANGES,
    ("launch", "s3:GetBucketLocation"): "CloudFormation's schema of a bucket lists it.",
    ("launch", "s3:GetObject"): _CATALOG,
    ("launch", "s3:UntagResource"): _TAGS,
    ("launch", "secretsmanager:UntagResource"): _TAGS,
    ("launch", "secretsmanager:UpdateSecret"): "Only when a project gets another token.",
    ("launch", "ssm:RemoveTagsFromResource"): _TAGS,
    ("repository function", "lambda:InvokeFunction"): "Only when the time of a call runs out.",
    ("repository function", "sagemaker:DescribeProject"): _STORED,
    ("repository function", "servicecatalog:SearchProvisionedProducts"): _STORED,
    ("tokens function", "lambda:InvokeFunction"): "Only for more than 50 projects.",
    ("tokens function", "cloudwatch:GetMetricData"): "Only for an endpoint that is 14 days old.",
    (
        "tokens function",
        "sagemaker:DescribeEndpointConfig",
    ): "Only for an endpoint that nobody asked for 14 days.",
    ("versions function", "s3:AbortMultipartUpload"): "Only when an upload was left open.",
    (
        "versions function",
        "servicecatalog:DeleteProvisioningArtifact",
    ): "Only when a product is full, or removed while a project uses it.",
    ("versions function", "servicecatalog:DescribeRecord"): "Only after an update that failed.",
}

_JOB_LOG = "A job goes on without it, but its log is lost."
# Acts ask for these and go on when they are refused.
BEST_EFFORT = {
    (
        "deploy-dev",
        "cloudformation:DescribeStackEvents",
    ): "`cdk` goes on without it, but tells neither progress nor the cause of a failure.",
    **{
        (role, f"logs:{action}"): _JOB_LOG
        for role in ("execution", "reader")
        for action in ("CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents")
    },
}


def reason(purpose: str, action: str) -> str:
    """Why a permission is kept; empty if nothing is known."""
    return KEPT.get((purpose, action)) or KEPT.get(("*", action), "")
