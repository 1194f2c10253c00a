"""Finds the project that an event belongs to."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from github_client.stored_credential import true_name
from invocation.aws_errors import error_code


class ProjectParameterError(Exception):
    """The project's parameter exists but cannot be used."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The parameter {name} does not describe a project ({why}); update the project's "
            "stack, which writes it anew."
        )


@dataclass(frozen=True)
class Project:
    """Where a project's repositories are and what opens them."""

    owner: str
    build_repository: str
    deploy_repository: str
    deploy_workflow: str
    default_branch: str
    token_secret_arn: str

    @property
    def deploy_full_name(self) -> str:
        """Return `owner/name` of the repository that deploys."""
        return f"{self.owner}/{self.deploy_repository}"


def find_project(ssm: Any, prefix: str, name: str) -> Project | None:
    """Read the project of a model package group or pipeline; None if it is not one of ours.

    Raises:
        ProjectParameterError: the parameter's value is not what the project stack writes.
    """
    parameter = f"{prefix}{name}"
    try:
        value = ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
    except ClientError as error:
        if error_code(error) == "ParameterNotFound":
            return None
        raise
    return parse_project(parameter, value)


def parse_project(parameter: str, value: str) -> Project:
    """Read what a project stack wrote into its parameter.

    Raises:
        ProjectParameterError: it is something else.
    """
    try:
        fields = json.loads(value)
        known = {key: str(fields[key]) for key in Project.__dataclass_fields__}
    except (ValueError, TypeError) as error:
        raise ProjectParameterError(parameter, type(error).__name__) from None
    except KeyError as error:
        raise ProjectParameterError(parameter, f"{error} is missing") from None
    return Project(**known | {"token_secret_arn": true_name(known["token_secret_arn"])})
