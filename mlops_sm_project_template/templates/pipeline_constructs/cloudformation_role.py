"""The role under which CloudFormation makes the endpoint of one stage."""

from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.policy_statements import CLOUDFORMATION


def cloudformation_role(
    scope: Construct, *, stage: str, project_id: str, granted: dict[str, Any]
) -> iam.Role:
    """Make the role of a stage.

    Args:
        scope: of the stage.
        stage: name of the stage.
        project_id: of the SageMaker project.
        granted: its rights, as the CDK's `Role` takes them.
    """
    _, duty = names.stage_duties(stage)
    return iam.Role(
        scope,
        "Role",
        role_name=names.project_role(project_id, duty),
        description=f"CloudFormation makes the endpoint of {stage} with this role",
        assumed_by=iam.ServicePrincipal(CLOUDFORMATION),
        **granted,
    )
