"""The CDK's bootstrap of an account and region, known by the parameter that each one keeps."""

from typing import Any

from botocore.exceptions import ClientError

DEFAULT_QUALIFIER = "hnb659fds"
# What cdk 2.x of this project asks for.
LEAST_VERSION = 6


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
