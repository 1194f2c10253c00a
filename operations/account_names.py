"""Names of roles, which an account has once: a registration in another region may have them."""

from typing import Any

from operations.installation import STACK
from operations.roles import find_role
from operations.stacks import find_stack

REGISTRATION_ROLE, LAUNCH_ROLE = "mlops-sm-project-registration", "mlops-sm-project-launch"
PREREQUISITES = "mlops-sm-project-prerequisites"
_ROLE_TYPE = "AWS::IAM::Role"
_MAKERS = {REGISTRATION_ROLE: PREREQUISITES, LAUNCH_ROLE: STACK}


def taken_roles(iam: Any, cloudformation: Any, prefix: str) -> list[str]:
    """Roles that are there without the stack of this region that would make them."""
    return [
        f"{prefix}{role}"
        for role, stack in _MAKERS.items()
        if find_stack(cloudformation, stack) is None
        and find_role(iam, f"{prefix}{role}") is not None
    ]


def fixed_role(cloudformation: Any, iam: Any) -> str | None:
    """ARN of the launch role of this region's registration; None if there is none.

    Its path and the beginning of its name are those of all roles, for as long as there are
    projects: neither can be changed of a role that is there.
    """
    if find_stack(cloudformation, STACK) is None:
        return None
    listed = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    for one in (resource for page in listed for resource in page["StackResourceSummaries"]):
        name = str(one.get("PhysicalResourceId", ""))
        if one["ResourceType"] == _ROLE_TYPE and name.endswith(LAUNCH_ROLE):
            return str(iam.get_role(RoleName=name)["Role"]["Arn"])
    return None


def suggested_prefix(region: str) -> str:
    """A prefix that tells one region from another: `euc1-` for eu-central-1."""
    area, *direction, number = region.split("-")
    return f"{area}{''.join(part[0] for part in direction)}{number}-"
