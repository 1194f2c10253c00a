"""What cdk-nag (AwsSolutions) and checkov find and is meant so, with the reason for each.

cdk-nag's findings are acknowledged in the app, checkov's skipped in the template's metadata.
A wildcard in an ARN is acknowledged only if it is one of the kinds below.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from aws_cdk import Acknowledgment, CfnResource, Stack, Validations
from aws_cdk import aws_iam as iam

_RULE = "AwsSolutions::AwsSolutions"

# What a wildcard in an ARN stands for, by the ARN in cdk-nag's notation.
_WILDCARDS = (
    (r"\*", "No resource is known to these actions, or a condition of the statement narrows them."),
    (r".*:s3:::.*/.*\*(\.zip|\.json)?|<DataBucket.*>/.*\*", "Objects of one bucket have any key."),
    (r".*:(mlops-sm-project|secret:mlops-sm-project/)-?p-\*.*", "It stands for a project's id."),
    (r".*:secret:mlops-sm-project/owner/\*/github-token-\*", "It stands for a GitHub owner."),
    (r".*:sagemaker:.*:project/\*", "People name their projects."),
    (r".*(p-\*|-<.*(ProjectId|project-id)>).*", "It stands for a project's name, id or version."),
    (r".*:kms:.*:key/\*", "Keys have no names; the condition asks for a project's tag or a topic."),
    (r".*:sagemaker:.*:(endpoint|endpoint-config|model)/\*",
     "People or CloudFormation name these; who changes one is asked for the project's tag."),
    (r".*:catalog:.*:product/\*", "Service Catalog makes up the ids of products."),
    (r".*:sagemaker:.*:\*", "The boundary asks for the project's tag instead."),
    (r".*:sagemaker:.*-job/pipelines-\*", "SageMaker names the jobs of a pipeline."),
    (r".*:log-group:/aws/(sagemaker/|lambda/mlops-sm-project-[a-z]+:)\*",
     "Log groups and streams are named by the service that writes them."),
    (r".*:ecr:.*:repository/sagemaker-\*",
     "AWS's accounts with SageMaker's images differ from region to region."),
    (r".*:ec2:.*:network-interface/\*", "EC2 makes up their ids; their subnets narrow them."),
    (r".*:stack/(SC-\*-pp-\*|mlops-.*/\*)", "CloudFormation and Service Catalog end names so."),
    (r".*:scalable-target/\*", "Targets have no names; the condition asks for the stage's tags."),
    (r".*:cloudwatch:.*:alarm:(mlops-.*-|TargetTracking-endpoint/.*)\*",
     "The alarms of one stage, or those that scale its endpoint, begin so."),
    (r".*:parameter/mlops-sm-project/\*", "One parameter for each project lies below this path."),
)  # fmt: skip
_OTHERS = {
    "AWS::S3::Bucket": (
        "S1",
        "Data events of CloudTrail tell who read what; a log bucket for each project would outlive "
        "it and cost more than it tells.",
    ),
    "AWS::SQS::Queue": ("SQS3", "This queue is itself what failures end in."),
}
_CHECKOV = {
    "AWS::DynamoDB::Table": {
        "CKV_AWS_119": "DynamoDB encrypts with a key of its own; the table holds ARNs and states.",
    },
    "AWS::KMS::Key": {
        "CKV_AWS_33": "Conditions name the roles; as principals they would be lost when made anew.",
    },
    "AWS::Lambda::Function": {
        "CKV_AWS_115": "A reservation would take from all other functions of the account.",
        "CKV_AWS_116": "An OnFailure destination keeps what failed; other calls are synchronous.",
        "CKV_AWS_117": "The function calls GitHub and AWS; nothing reaches it by a network.",
        "CKV_AWS_173": "Lambda encrypts the variables with a key of its own; none is a secret.",
    },
    "AWS::Logs::LogGroup": {
        "CKV_AWS_158": "CloudWatch encrypts with a key of its own; no secret is ever logged.",
    },
    "AWS::S3::Bucket": {"CKV_AWS_18": _OTHERS["AWS::S3::Bucket"][1]},
    "AWS::SecretsManager::Secret": {
        "CKV_AWS_149": "The account's key for secrets serves only who may read this secret.",
    },
    "AWS::SQS::Queue": {"CKV_AWS_27": "The queue encrypts with a key of its own (SSE-SQS)."},
}


def acknowledge_findings(stack: Stack) -> None:
    """Acknowledge the findings of a stack that are meant so; call it when all is constructed."""
    for construct in stack.node.find_all():
        if not isinstance(construct, CfnResource) or Stack.of(construct) is not stack:
            continue
        kind = construct.cfn_resource_type
        if kind in _CHECKOV:
            _skip_checks(construct, _CHECKOV[kind])
        acknowledgments = [
            Acknowledgment(id=f"{_RULE}-{rule}", reason=reason)
            for rule, reason in _findings(stack, construct, kind)
        ]
        if acknowledgments:
            Validations.of(construct).acknowledge(*acknowledgments)


def _skip_checks(resource: CfnResource, reasons: dict[str, str]) -> None:
    skips = [{"id": check, "comment": reason} for check, reason in reasons.items()]
    resource.add_metadata("checkov", {"skip": skips})


def _findings(stack: Stack, resource: CfnResource, kind: str) -> Iterator[tuple[str, str]]:
    if kind in _OTHERS:
        yield _OTHERS[kind]
    policies = _policies(resource)
    for arn in dict.fromkeys(_resources(stack.resolve(policies) if policies else [])):
        reason = _reason(arn)
        if reason:
            yield f"IAM5[Resource::{arn}]", reason


def _policies(resource: CfnResource) -> Any:
    if isinstance(resource, iam.CfnRole):
        return resource.policies
    if isinstance(resource, (iam.CfnManagedPolicy, iam.CfnPolicy)):
        return resource.policy_document
    return []


def _reason(arn: str) -> str:
    if "*" not in arn:
        return ""
    return next((reason for kind, reason in _WILDCARDS if re.fullmatch(kind, arn)), "")


def _resources(value: Any) -> Iterator[str]:
    """Every `Resource` of a policy in a template."""
    if isinstance(value, list):
        for item in value:
            yield from _resources(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Resource" and "Fn::Split" in item:
                continue  # a list that only CloudFormation knows; the boundary holds it
            if key == "Resource":
                yield from (_text(arn) for arn in (item if isinstance(item, list) else [item]))
            else:
                yield from _resources(item)


def _text(value: Any) -> str:
    """An ARN as cdk-nag writes it: `<Name>` for references, `<Id.Attribute>` for attributes.

    Of other functions, such as what selects a stage's name, it writes the JSON.
    """
    if isinstance(value, str):
        return re.sub(r"\$\{(.*?)\}", r"<\1>", value)
    if "Ref" in value:
        return f"<{value['Ref']}>"
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    if "Fn::Join" not in value:
        return json.dumps(value, separators=(",", ":"))
    separator, parts = value["Fn::Join"]
    return str(separator).join(_text(part) for part in parts)
