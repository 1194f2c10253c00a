"""The CDK's bootstrap of an account and region, known by the parameter that each one keeps."""

from typing import Any

from botocore.exceptions import ClientError

from operations.aws_session import Identity
from operations.roles import find_role

DEFAULT_QUALIFIER = "hnb659fds"
# What cdk 2.x of this project asks for.
LEAST_VERSION = 6
# Those that the registration takes, and the one that CloudFormation works as.
_ROLES = ("deploy", "file-publishing", "lookup", "cfn-exec")


def find_bootstrap(ssm: Any, qualifier: str = DEFAULT_QUALIFIER) -> int | None:
    """Version of the bootstrap with a qualifier; None if there is none.

    Raises:
        ClientError: the parameter may not be read.
    """
    try:
        found = ssm.get_parameter(Name=f"/cdk-bootstrap/{qualifier}/version")
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    return int(found["Parameter"]["Value"])


def missing_roles(iam: Any, identity: Identity, qualifier: str) -> list[str]:
    """Roles that a whole bootstrap has and this one has not.

    Raises:
        ClientError: roles may not be read.
    """
    place = f"{identity.account}-{identity.region}"
    names = [f"cdk-{qualifier}-{duty}-role-{place}" for duty in _ROLES]
    return [name for name in names if find_role(iam, name) is None]


def bootstrap_command(identity: Identity, qualifier: str) -> str:
    """What makes it, or makes it whole again."""
    option = "" if qualifier == DEFAULT_QUALIFIER else f" --qualifier {qualifier}"
    return f'cdk bootstrap --app ""{option} aws://{identity.account}/{identity.region}'
