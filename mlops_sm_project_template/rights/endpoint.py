"""What CloudFormation may do to make the endpoint of one stage, with its alarms and scaling.

The tags of project and stage decide, since CloudFormation names models and configurations by
itself and SageMaker writes names in ARNs in lower case.
"""

from collections.abc import Sequence

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    CHANGE_ENDPOINTS,
    DESCRIBE_ENDPOINTS,
    MANAGE_ALARMS,
    MANAGE_SCALING,
    READ_SCALING,
    SAGEMAKER,
    THROUGH_CLOUDFORMATION,
    TRACK_TARGETS,
    Statement,
    allow,
    allow_pass_role,
    allow_tagging_by,
    of_stage,
)
from mlops_sm_project_template.rights.subject import Rights, Subject

_MAKE_ENDPOINT = ("CreateEndpoint", "CreateEndpointConfig", "CreateModel")
_SCALING = "sagemaker.application-autoscaling.amazonaws.com"
# Requests about tags name no service.
_OF_SAGEMAKER = {"StringEqualsIfExists": {"application-autoscaling:service-namespace": "sagemaker"}}

_Tags = dict[str, dict[str, str]]


def endpoint_rights(
    *,
    stage: str,
    project_id: str,
    project_name: str,
    execution_role_arn: str,
    inputs: Sequence[Statement],
) -> Rights:
    """Make, change and remove what the stage consists of, and nothing else.

    Args:
        stage: name of the stage.
        project_id: of the SageMaker project.
        project_name: of the SageMaker project.
        execution_role_arn: the role that the endpoint gets.
        inputs: what else the endpoint is made of, such as the model package.
    """
    asked = of_stage(project_id, stage, "aws:RequestTag")
    standing = of_stage(project_id, stage)
    return {
        "endpoint": _endpoint(asked, standing),
        "watch": [allow(MANAGE_ALARMS, [arns.alarms(names.alarms(project_id, stage))])],
        "scale": _scale(asked, standing, names.endpoint(project_name, stage)),
        "inputs": [allow_pass_role(execution_role_arn, service=SAGEMAKER), *inputs],
    }


def endpoint_rights_of(subject: Subject) -> Rights:
    """The same in the project's account, where the endpoint is made of a model package."""
    packages = arns.model_packages(subject.project_id)
    return endpoint_rights(
        stage=subject.stage,
        project_id=subject.project_id,
        project_name=subject.project_name,
        execution_role_arn=subject.role("execution"),
        inputs=[allow(["sagemaker:DescribeModelPackage"], [packages]), *subject.key.of_disks()],
    )


def _endpoint(asked: _Tags, standing: _Tags) -> list[Statement]:
    hosting = arns.hosting()
    make = [f"sagemaker:{operation}" for operation in _MAKE_ENDPOINT]
    return [
        allow(make, hosting, conditions=asked),
        # Who could tag what is there already could make everybody's endpoints its own.
        allow_tagging_by(_MAKE_ENDPOINT, hosting, asked),
        allow(CHANGE_ENDPOINTS, hosting, conditions=standing),
        # CloudFormation follows a deletion until the name is gone; what is gone has no tag.
        allow(DESCRIBE_ENDPOINTS, hosting),
    ]


def _scale(asked: _Tags, standing: _Tags, endpoint: str) -> list[Statement]:
    targets = [arns.scalable_targets()]
    return [
        # A target has no name, but the tags that it is registered with.
        allow(
            ["application-autoscaling:RegisterScalableTarget"],
            targets,
            conditions=asked | _OF_SAGEMAKER,
        ),
        allow(
            ["application-autoscaling:TagResource"],
            targets,
            conditions=asked | THROUGH_CLOUDFORMATION,
        ),
        allow(MANAGE_SCALING, targets, conditions=standing | _OF_SAGEMAKER),
        allow(READ_SCALING, ["*"]),
        allow(TRACK_TARGETS, [arns.alarms(names.tracking_alarms(endpoint))]),
        allow(
            ["iam:CreateServiceLinkedRole"],
            [arns.scaling_service_role()],
            conditions={"StringEquals": {"iam:AWSServiceName": _SCALING}},
        ),
    ]
