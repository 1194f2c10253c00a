"""Short forms for policies that are written by hand: named actions on named ARNs."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam

from mlops_sm_project_template.config import arns, names

CLOUDFORMATION, SAGEMAKER = "cloudformation.amazonaws.com", "sagemaker.amazonaws.com"

# What a workflow does to a stack, whose resources CloudFormation makes as a role.
DEPLOY_STACK = (
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:TagResource",
    "cloudformation:UpdateStack",
)

# What CloudFormation does to endpoints with their configurations and models that are there.
CHANGE_ENDPOINTS = (
    "sagemaker:AddTags",
    "sagemaker:CreateEndpoint",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DeleteModel",
    "sagemaker:DeleteTags",
    "sagemaker:UpdateEndpoint",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
)
DESCRIBE_ENDPOINTS = (
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeModel",
    "sagemaker:ListTags",
)
# What CloudFormation does to make, change and remove the alarms of a stage.
MANAGE_ALARMS = (
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:ListTagsForResource",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:TagResource",
    "cloudwatch:UntagResource",
)
# The same for a target of Application Auto Scaling that is there, and for its policy.
MANAGE_SCALING = (
    "application-autoscaling:DeleteScalingPolicy",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:ListTagsForResource",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:RegisterScalableTarget",
    "application-autoscaling:TagResource",
    "application-autoscaling:UntagResource",
)
# These know no resource.
READ_SCALING = (
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudwatch:GetMetricData",
)
# What Application Auto Scaling does in the name of whoever makes a policy.
TRACK_TARGETS = (
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
)

# CloudFormation asks in the name of whoever works on a stack, or of the stack's role.
THROUGH_CLOUDFORMATION = {
    "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
}

Conditions = Mapping[str, Mapping[str, Any]]
# A statement in IAM's own words: a policy of them is one call to the process of the CDK.
Statement = dict[str, Any]


def allow(
    actions: Sequence[str], resources: Sequence[str], *, conditions: Conditions | None = None
) -> Statement:
    """Allow actions on resources, under all of the conditions."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": conditions} if conditions else {})


def deny(actions: Sequence[str], resources: Sequence[str], *, conditions: Conditions) -> Statement:
    """Deny actions on resources under all of the conditions, whatever else allows them."""
    return allow(actions, resources, conditions=conditions) | {"Effect": "Deny"}


def of_project(project_id: str, key: str = "aws:ResourceTag") -> dict[str, dict[str, str]]:
    """Conditions under which a tag, the resource's or the request's, tells a project."""
    return {"StringEquals": {f"{key}/{names.PROJECT_ID_TAG}": project_id}}


def of_stage(
    project_id: str, stage: str, key: str = "aws:ResourceTag"
) -> dict[str, dict[str, str]]:
    """The same of tags that tell one stage of a project."""
    equal = of_project(project_id, key)["StringEquals"]
    return {"StringEquals": {**equal, f"{key}/{names.STAGE_TAG}": stage}}


def allow_tagging_by(
    operations: Sequence[str], resources: Sequence[str], conditions: Conditions
) -> Statement:
    """Allow SageMaker's operations to tag what they make, and nothing that is there already."""
    equal = {**conditions["StringEquals"], "sagemaker:TaggingAction": list(operations)}
    return allow(["sagemaker:AddTags"], resources, conditions={"StringEquals": equal})


def allow_pass_role(role_arn: str, *, service: str) -> Statement:
    """Allow a role to be handed to one service and to no other."""
    return allow(
        ["iam:PassRole"],
        [role_arn],
        conditions={"StringEquals": {"iam:PassedToService": service}},
    )


def register_undecided(models: Sequence[str]) -> Statement:
    """Allow to register versions that say nothing which others have to say of them.

    Whoever builds a model neither approves it, nor opens a stage for it, nor tells where it was
    healthy. That is one Allow where each key is absent: the keys of a condition are joined by AND,
    so that denying would take a statement for each of them.
    """
    absent = [
        *(f"sagemaker:CustomerMetadataProperties/{key}" for key in names.DISPLAY_KEYS),
        "sagemaker:ModelLifeCycle:Stage",
        "sagemaker:ModelLifeCycle:StageStatus",
    ]
    return allow(
        ["sagemaker:CreateModelPackage"],
        models,
        conditions={
            "Null": dict.fromkeys(absent, "true"),
            "StringEquals": {
                "sagemaker:ModelApprovalStatus": ["PendingManualApproval", "Rejected"]
            },
        },
    )


def decisions_of(project_id: str) -> str:
    """Pattern of the items that tell what was decided of a project's versions."""
    return f"version {arns.model_packages(project_id)}"


def read_ledger(*items: str) -> Statement:
    """Allow to read items of the dispatch function's ledger, one by one."""
    return allow(
        ["dynamodb:GetItem"],
        [arns.approval_table()],
        conditions={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": list(items)}},
    )


# Of a key: whatever is asked of it, S3 asks for somebody's sake.
THROUGH_S3 = {"StringEquals": {"kms:ViaService": f"s3.{arns.REGION}.{arns.URL_SUFFIX}"}}


def for_objects_of(bucket_arn: str, operator: str = "StringLike") -> dict[str, dict[str, Any]]:
    """Conditions under which a key is asked for objects of a bucket.

    S3 tells KMS the bucket's ARN, or the object's if that lies under no bucket key.
    """
    for_what = [bucket_arn, f"{bucket_arn}/*"]
    return {operator: {"kms:EncryptionContext:aws:s3:arn": for_what}}


def all_of(*conditions: Conditions) -> dict[str, dict[str, Any]]:
    """Conditions that must all hold, also where they have an operator in common."""
    joined: dict[str, dict[str, Any]] = {}
    for one in conditions:
        for operator, values in one.items():
            joined.setdefault(operator, {}).update(values)
    return joined


def in_organization(id_: str) -> dict[str, dict[str, str]]:
    """Conditions under which a principal is of an organization; none without an id."""
    return {"StringEquals": {"aws:PrincipalOrgID": id_}} if id_ else {}


def allow_key_through_s3(
    key_arn: str, *actions: str, conditions: Conditions | None = None
) -> Statement:
    """Allow actions on a key for objects, under further conditions, and not outside S3."""
    return allow(
        actions,
        [key_arn],
        conditions=all_of(THROUGH_S3, conditions or {}),
    )


def grant_to_services(key_arn: str, *, conditions: Conditions | None = None) -> Statement:
    """Allow to let AWS's services use a key, and nobody else."""
    service_only = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return allow(["kms:CreateGrant"], [key_arn], conditions={**service_only, **(conditions or {})})


def allow_key_of_topic(topic_arn: str) -> Statement:
    """Allow to publish to a topic that a key of the customer's encrypts, whichever key that is.

    SNS asks for the key in the publisher's name, and tells which topic it is for.
    """
    return allow(
        ["kms:Decrypt", "kms:GenerateDataKey"],
        [f"arn:{arns.PARTITION}:kms:{arns.REGION}:*:key/*"],
        conditions={
            "StringEquals": {
                "kms:ViaService": f"sns.{arns.REGION}.{arns.URL_SUFFIX}",
                "kms:EncryptionContext:aws:sns:topicArn": topic_arn,
            }
        },
    )


def run_jobs(project_id: str) -> list[Statement]:
    """Make jobs with the tag of a project, and work on those that have it.

    SageMaker names jobs by their execution, so their names do not tell whose they are.
    """
    jobs, operations = arns.pipeline_jobs(), ("CreateProcessingJob", "CreateTrainingJob")
    asked, standing = of_project(project_id, "aws:RequestTag"), of_project(project_id)
    return [
        allow([f"sagemaker:{operation}" for operation in operations], jobs, conditions=asked),
        allow_tagging_by(operations, jobs, asked),
        allow(
            [
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
            ],
            jobs,
            conditions=standing,
        ),
    ]


def document(*statements: Statement) -> iam.PolicyDocument:
    """Make a policy of statements."""
    return iam.PolicyDocument.from_json({"Version": "2012-10-17", "Statement": list(statements)})
