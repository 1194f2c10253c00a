"""How the launch role may make the roles of projects, so that none gets out of its project.

Under our own boundary it writes their policies, which the boundary holds. Under a company's,
which knows nothing of projects, it writes none and attaches the registration's, each to the roles
of its duty.
"""

from mlops_sm_project_template.config import arns, names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.policy_statements import Conditions, Statement, allow, deny

# The names of these roles end in a stage's.
_OF_STAGES = ("deploy", "cloudformation")
_TELLING_TAGS = (names.BOUNDARY_TAG, names.NAME_TAG_OF_ROLE, names.STAGE_TAG_OF_ROLE)


def make_roles(company: CompanyRoles) -> list[Statement]:
    """Make, change and delete roles of projects."""
    roles = [_roles_of(company, duty) for duty in names.DUTIES]
    return [
        *(_write_policies(company, roles) if company.boundary is None else _attach(company, roles)),
        allow(
            [
                "iam:DeleteRole",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:ListAttachedRolePolicies",
                "iam:ListRolePolicies",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            roles,
        ),
    ]


def _roles_of(company: CompanyRoles, duty: str) -> str:
    name = f"{duty}-*" if duty in _OF_STAGES else duty
    return arns.iam(company.role(names.project_role(names.ANY_PROJECT_ID, name)))


def _policies_of(company: CompanyRoles, duty: str) -> str:
    return arns.iam(company.policy(names.duty_policy(duty, "*")))


def _write_policies(company: CompanyRoles, roles: list[str]) -> list[Statement]:
    """A role without a boundary could be given anything, up to administrator."""
    boundaries = [arns.iam(company.policy(name)) for name in names.BOUNDARIES]
    return [
        allow(
            [
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            roles,
            conditions=_under(boundaries),
        )
    ]


def _attach(company: CompanyRoles, roles: list[str]) -> list[Statement]:
    """The tags tell a policy whose role it is, so they stay as they were made."""
    return [
        allow(
            ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
            roles,
            conditions=_under([str(company.boundary)]),
        ),
        # Roles of an earlier registration have policies of their own.
        allow(["iam:DeleteRolePolicy"], roles),
        *(
            allow(
                ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
                [_roles_of(company, duty)],
                conditions={"ArnLike": {"iam:PolicyARN": _policies_of(company, duty)}},
            )
            for duty in names.DUTIES
        ),
        *(
            deny(
                ["iam:TagRole", "iam:UntagRole"],
                ["*"],
                conditions={
                    "ForAnyValue:StringEquals": {"aws:TagKeys": tag},
                    "Null": {f"aws:ResourceTag/{tag}": "false"},
                },
            )
            for tag in _TELLING_TAGS
        ),
    ]


def _under(boundaries: list[str]) -> Conditions:
    return {"StringEquals": {"iam:PermissionsBoundary": boundaries}}
