"""The role under which CloudFormation makes the endpoint of one stage."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    CHANGE_ENDPOINTS,
    DESCRIBE_ENDPOINTS,
    MANAGE_ALARMS,
    MANAGE_SCALING,
    READ_SCALING,
    THROUGH_CLOUDFORMATION,
    TRACK_TARGETS,
    Statement,
    allow,
    allow_pass_role,
    allow_tagging_by,
    document,
)
from mlops_sm_project_template.templates.pipeline_constructs.execution_role import SAGEMAKER

CLOUDFORMATION = "cloudformation.amazonaws.com"
_MAKE_ENDPOINT = ("CreateEndpoint", "CreateEndpointConfig", "CreateModel")
_SCALING = "sagemaker.application-autoscaling.amazonaws.com"
# Requests about tags name no service.
_OF_SAGEMAKER = {"StringEqualsIfExists": {"application-autoscaling:service-namespace": "sagemaker"}}


class CloudFormationRole(Construct):
    """Endpoint, alarms and scaling of one stage of a project, and nothing else.

    The tags of project and stage decide, since CloudFormation names models and configurations by
    itself and SageMaker writes names in ARNs in lower case.

    Args:
        stage: name of the stage.
        project_id: of the SageMaker project.
        project_name: of the SageMaker project.
        execution_role_arn: the role that the endpoint gets.
        inputs: what else the endpoint is made of, such as the model package.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stage: str,
        project_id: str,
        project_name: str,
        execution_role_arn: str,
        inputs: Sequence[Statement],
    ) -> None:
        super().__init__(scope, id_)
        self._project_id = project_id
        self._stage = stage
        _, duty = names.stage_duties(stage)
        self.role = iam.Role(
            self,
            "Role",
            role_name=names.project_role(self._project_id, duty),
            description=f"CloudFormation makes the endpoint of {stage} with this role",
            assumed_by=iam.ServicePrincipal(CLOUDFORMATION),
            inline_policies={
                "endpoint": self._endpoint(),
                "watch": self._watch(),
                "scale": self._scale(names.endpoint(project_name, stage)),
                "inputs": document(allow_pass_role(execution_role_arn, service=SAGEMAKER), *inputs),
            },
        )

    def _endpoint(self) -> iam.PolicyDocument:
        hosting = arns.hosting()
        return document(
            allow(
                [f"sagemaker:{operation}" for operation in _MAKE_ENDPOINT],
                hosting,
                conditions=self._tagged("aws:RequestTag"),
            ),
            # Who could tag what is there already could make everybody's endpoints its own.
            allow_tagging_by(_MAKE_ENDPOINT, hosting, self._tagged("aws:RequestTag")),
            allow(CHANGE_ENDPOINTS, hosting, conditions=self._tagged("aws:ResourceTag")),
            # CloudFormation follows a deletion until the name is gone; what is gone has no tag.
            allow(DESCRIBE_ENDPOINTS, hosting),
        )

    def _watch(self) -> iam.PolicyDocument:
        own = arns.alarms(names.alarms(self._project_id, self._stage))
        return document(allow(MANAGE_ALARMS, [own]))

    def _scale(self, endpoint: str) -> iam.PolicyDocument:
        targets = [arns.scalable_targets()]
        asked, standing = self._tagged("aws:RequestTag"), self._tagged("aws:ResourceTag")
        return document(
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
        )

    def _tagged(self, key: str) -> dict[str, dict[str, str]]:
        return {
            "StringEquals": {
                f"{key}/{names.PROJECT_ID_TAG}": self._project_id,
                f"{key}/{names.STAGE_TAG}": self._stage,
            }
        }
