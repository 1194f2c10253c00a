"""The role under which CloudFormation makes the endpoint of one stage."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import CLOUDFORMATION
from mlops_sm_project_template.rights.granting import grant
from mlops_sm_project_template.rights.subject import Rights


def cloudformation_role(
    parent: Construct, *, stage: str, project_id: str, company: CompanyRoles, rights: Rights
) -> iam.Role:
    """Make the role of a stage.

    Args:
        parent: construct of the stage.
        stage: name of the stage.
        project_id: of the SageMaker project.
        company: whose boundary decides how it gets its rights.
        rights: `endpoint_rights`.
    """
    scope = Construct(parent, "CloudFormation")
    _, duty = names.stage_duties(stage)
    return iam.Role(
        scope,
        "Role",
        role_name=names.project_role(project_id, duty),
        description=f"CloudFormation makes the endpoint of {stage} with this role",
        assumed_by=iam.ServicePrincipal(CLOUDFORMATION),
        **grant(scope, company, "cloudformation", rights),
    )
