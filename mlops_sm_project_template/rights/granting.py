"""How a role gets its rights: policies of its own, or the registration's for its duty.

A role has one permissions boundary. Where a company's takes it, nothing would hold the policies
that the launch role writes; so there it may attach the registration's alone, and write none.
"""

from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import document
from mlops_sm_project_template.rights.subject import Rights


def grant(scope: Construct, company: CompanyRoles, duty: str, rights: Rights) -> dict[str, Any]:
    """What the CDK's `Role` takes for the rights of a duty."""
    if company.boundary is None:
        return {"inline_policies": {name: document(*said) for name, said in rights.items()}}
    return {
        "managed_policies": [
            iam.ManagedPolicy.from_managed_policy_arn(scope, f"Rights{purpose.title()}", arn)
            for purpose, arn in zip(rights, policy_arns(company, duty, rights), strict=True)
        ]
    }


def policy_arns(company: CompanyRoles, duty: str, rights: Rights) -> list[str]:
    """The registration's policies with these rights, one for each purpose."""
    return [arns.iam(company.policy(names.duty_policy(duty, purpose))) for purpose in rights]
