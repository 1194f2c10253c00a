"""What a deploy workflow may do to one stage, in whichever account the stage lies."""

from aws_cdk import aws_iam as iam

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.policy_statements import (
    DEPLOY_STACK,
    allow,
    allow_pass_role,
    document,
)
from mlops_sm_project_template.templates.pipeline_constructs.cloudformation_role import (
    CLOUDFORMATION,
)


def stage_workflow_policy(
    *, stage: str, project_id: str, project_name: str, cloudformation_role_arn: str
) -> iam.PolicyDocument:
    """Allow to change the stack of a stage by CloudFormation's role, and to ask its endpoint."""
    endpoint = names.endpoint(project_name, stage)
    use_endpoint = ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"]
    tags = {
        f"aws:ResourceTag/{names.PROJECT_ID_TAG}": project_id,
        f"aws:ResourceTag/{names.STAGE_TAG}": stage,
    }
    return document(
        allow(DEPLOY_STACK, [arns.endpoint_stacks(names.endpoint_stack(project_id, stage))]),
        allow_pass_role(cloudformation_role_arn, service=CLOUDFORMATION),
        allow(use_endpoint, [arns.regional("sagemaker", f"endpoint/{endpoint}")]),
        # SageMaker writes ARNs in lower case, so this finds the endpoint of `MyProject`.
        allow(
            use_endpoint,
            [arns.regional("sagemaker", "endpoint/*")],
            conditions={"StringEquals": tags},
        ),
    )
