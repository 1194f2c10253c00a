"""The rights that each page asks for, as an IAM policy for whoever is to see and decide everything.

Nobody needs all of them: what may not be read is left out of a page, with a line that names the
right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlops_sm_project_template.config.names import APPROVAL_TABLE

_EVERYTHING = ("*",)
_TABLE = (f"dynamodb:*:*:table/{APPROVAL_TABLE}",)
_PACKAGES = ("sagemaker:*:*:model-package/*",)


@dataclass(frozen=True)
class Rights:
    """What a page asks for.

    Args:
        sid: names the statement.
        actions: of IAM.
        resources: the ends of ARNs behind the partition, or `*`.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = _EVERYTHING


RIGHTS = (
    Rights(
        "Projects",
        (
            "cloudformation:DescribeStacks",
            "servicecatalog:DescribeRecord",
            "servicecatalog:ListProvisioningArtifacts",
            "servicecatalog:SearchProvisionedProducts",
            "cloudwatch:GetMetricStatistics",
            "ce:GetCostAndUsage",
            "sagemaker:ListProjects",
        ),
    ),
    Rights("Ledger", ("dynamodb:BatchGetItem", "dynamodb:GetItem"), _TABLE),
    Rights(
        "Project",
        (
            "sagemaker:DescribePipelineDefinitionForExecution",
            "sagemaker:DescribePipelineExecution",
            "sagemaker:DescribeProject",
            "sagemaker:ListEndpoints",
            "sagemaker:ListModelPackages",
            "sagemaker:ListPipelineExecutions",
            "sagemaker:ListPipelineExecutionSteps",
            "sagemaker:ListPipelineParametersForExecution",
        ),
    ),
    Rights("Steps", ("sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob")),
    Rights(
        "Logs",
        ("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"),
        (
            "logs:*:*:log-group:/aws/lambda/mlops-sm-project-*",
            "logs:*:*:log-group:/aws/sagemaker/*",
        ),
    ),
    Rights(
        "Reports",
        ("s3:GetObject",),
        ("s3:::mlops-sm-project-p-*/*/evaluation.json",),
    ),
    Rights("ReportsAreEncrypted", ("kms:Decrypt",), ("kms:*:*:key/*",)),
    Rights("Versions", ("sagemaker:DescribeModelPackage",), _PACKAGES),
    Rights("Decisions", ("sagemaker:UpdateModelPackage",), _PACKAGES),
    Rights(
        "Stages",
        (
            "sagemaker:DescribeEndpoint",
            "sagemaker:DescribeEndpointConfig",
            "sagemaker:DescribeModel",
            "cloudformation:DescribeStackEvents",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
        ),
    ),
    Rights("Asks", ("sagemaker:InvokeEndpoint",), ("sagemaker:*:*:endpoint/*",)),
)


def policy(partition: str) -> dict[str, Any]:
    """An IAM policy with all of them."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": one.sid,
                "Effect": "Allow",
                "Action": sorted(one.actions),
                "Resource": [_resource(partition, end) for end in one.resources],
            }
            for one in RIGHTS
        ],
    }


def _resource(partition: str, end: str) -> str:
    return end if end == "*" else f"arn:{partition}:{end}"
