"""Gives the roles of a stack what the company wants of each: path, prefix and boundary."""

from aws_cdk import Names, Stack
from aws_cdk import aws_iam as iam

from mlops_sm_project_template.config.company_roles import ROOT_PATH, CompanyRoles

_LONGEST_NAME = 64


def follow_company(stack: Stack, company: CompanyRoles) -> None:
    """Change the roles of a stack and of the templates in it; without a wish, none.

    A role without a name gets one when names have a prefix: CloudFormation's own would lack it.
    """
    if company == CompanyRoles():
        return
    for role in stack.node.find_all():
        if isinstance(role, iam.CfnRole):
            _change(role, company)


def _change(role: iam.CfnRole, company: CompanyRoles) -> None:
    if company.path != ROOT_PATH:
        role.path = company.path
    if company.prefix:
        room = _LONGEST_NAME - len(company.prefix)
        named = role.stack.resolve(role.role_name)
        name = role.role_name if named else Names.unique_resource_name(role, max_length=room)
        role.role_name = f"{company.prefix}{name}"
    if company.boundary:
        role.permissions_boundary = company.boundary
