"""What SageMaker needs of a role for each container that it runs: image, logs, and a network."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Fn

from mlops_sm_project_template.config import arns
from mlops_sm_project_template.config.image_repositories import ImageRepository
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.policy_statements import Statement, allow

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# These know no resource.
_LOOK_AT_NETWORKS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_CHANGE_INTERFACES = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)


def run_jobs_containers(settings: Settings) -> list[Statement]:
    """Run what the registration allows jobs, where it allows it."""
    return [
        *run_containers(settings.image_repositories),
        *join_networks(settings.jobs_subnets, settings.jobs_security_groups),
    ]


def run_all_containers(settings: Settings) -> list[Statement]:
    """Run what the registration allows jobs and endpoints, where it allows either."""
    subnets = (*settings.jobs_subnets, *settings.endpoint_subnets)
    groups = (*settings.jobs_security_groups, *settings.endpoint_security_groups)
    return [
        *run_containers(settings.image_repositories),
        *join_networks(tuple(dict.fromkeys(subnets)), tuple(dict.fromkeys(groups))),
    ]


def run_containers(repositories: Sequence[ImageRepository] = ()) -> list[Statement]:
    """Pull AWS's images and those of further repositories, and write logs and metrics."""
    own = [
        arns.regional("ecr", f"repository/{repository.name}", account=repository.account)
        for repository in repositories
    ]
    return [
        # This action knows no resource.
        allow(["ecr:GetAuthorizationToken"], ["*"]),
        # SageMaker's own images: AWS's account for them differs from region to region.
        allow(PULL, [arns.regional("ecr", "repository/sagemaker-*", account="*"), *own]),
        allow(
            [
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ],
            # SageMaker names the groups by kind of job, the streams by job.
            [arns.regional("logs", "log-group:/aws/sagemaker/*")],
        ),
        # This action knows no resource; the namespace narrows it.
        allow(
            ["cloudwatch:PutMetricData"],
            ["*"],
            conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
        ),
    ]


def join_networks(subnets: Sequence[str], groups: Sequence[str]) -> list[Statement]:
    """Join subnets of a VPC with security groups; without any, nothing of EC2 is allowed.

    Source: SageMaker developer guide, "CreateTrainingJob API: Execution Role Permissions", and the
    Service Authorization Reference, "Amazon EC2", for what narrows each action.
    """
    if not subnets:
        return []
    interfaces = arns.regional("ec2", "network-interface/*")
    # A shared subnet or group belongs to another account; ids are unique.
    of_subnets = [arns.regional("ec2", f"subnet/{id_}", account="*") for id_ in subnets]
    of_groups = [arns.regional("ec2", f"security-group/{id_}", account="*") for id_ in groups]
    return [
        allow(_LOOK_AT_NETWORKS, ["*"]),
        allow(["ec2:CreateNetworkInterface"], [interfaces, *of_subnets, *of_groups]),
        allow(
            _CHANGE_INTERFACES,
            [interfaces],
            # The end of its ARN, since a boundary has no room for all of it twice.
            conditions={"StringLike": {"ec2:Subnet": [f"*/{id_}" for id_ in subnets]}},
        ),
    ]


def join_given_networks(subnet_arns: str, group_arns: str) -> list[Any]:
    """The same for lists of ARNs with commas between, which only CloudFormation knows."""
    interfaces = arns.regional("ec2", "network-interface/*")
    create, of_subnets = "ec2:CreateNetworkInterface", Fn.split(",", subnet_arns)
    return [
        allow(_LOOK_AT_NETWORKS, ["*"]),
        allow([create], [interfaces]),
        # A list of CloudFormation's cannot be part of another one.
        {"Effect": "Allow", "Action": [create], "Resource": of_subnets},
        {"Effect": "Allow", "Action": [create], "Resource": Fn.split(",", group_arns)},
        allow(
            _CHANGE_INTERFACES,
            [interfaces],
            conditions={"StringLike": {"ec2:Subnet": of_subnets}},
        ),
    ]
