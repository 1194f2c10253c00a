"""What the roles of the template are granted, read from IAM while a project lives."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import AwsUser

Grant = dict[str, Any]
"""`role`, its name; `action`; `resources`, the statement's ARNs, with wildcards."""
SHOWN_STAGE, *_LATER_STAGES = names.DEFAULT_STAGES
_PROJECT_ROLES = names.project_role(names.ANY_PROJECT_ID, "*")
# The roles of the other stages have the same grants on what is theirs, so one pair is enough.
_NOT_SHOWN = {duty for stage in _LATER_STAGES for duty in names.stage_duties(stage)}


def read_granted(administrator: AwsUser) -> dict[str, list[Grant]]:
    """Grants by the purpose of the role, such as `build`, `deploy-dev` or `dispatch function`."""
    iam = administrator.client("iam")
    return {
        purpose: list(_grants(iam, role)) for purpose, role in sorted(_roles(administrator).items())
    }


def _roles(administrator: AwsUser) -> dict[str, str]:
    """Names of the template's own roles by purpose."""
    found = {"launch": names.LAUNCH_ROLE, "registration": "mlops-sm-project-registration"}
    for role in administrator.client("iam").list_roles(MaxItems=1000)["Roles"]:
        _, _, duty = role["RoleName"].partition("-p-")[-1].partition("-")
        if fnmatchcase(role["RoleName"], _PROJECT_ROLES) and duty not in _NOT_SHOWN:
            found[duty] = role["RoleName"]
    for function in administrator.client("lambda").list_functions()["Functions"]:
        prefix, _, duty = function["FunctionName"].rpartition("-")
        if prefix == "mlops-sm-project":
            found[f"{duty} function"] = function["Role"].rsplit("/", 1)[-1]
    return found


def _grants(iam: Any, role: str) -> Iterator[Grant]:
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        for statement in document["Statement"]:
            for action in _list(statement["Action"]):
                yield {"role": role, "action": action, "resources": _list(statement["Resource"])}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
