"""The one input of a deployment: the ARN of a model package, checked against the project."""

import re

from deploy_endpoint.errors import ModelPackageError
from deploy_endpoint.settings.project_settings import ProjectSettings

_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":model-package/(?P<group>[a-zA-Z0-9-]{1,63})/(?P<version>[1-9]\d*)"
)


def parse_model_package(arn: str, project: ProjectSettings) -> str:
    """Return the ARN if it names a version of this project's model package group.

    Raises:
        ModelPackageError: it is missing, malformed, or of another region, account or group.
    """
    group = project.model_package_group_name
    if not arn:
        raise ModelPackageError(
            "No model package was given; set MODEL_PACKAGE_ARN or -c model_package_arn "
            "to the ARN of an approved version."
        )
    match = _ARN.fullmatch(arn)
    if match is None:
        raise ModelPackageError(
            f"{arn!r} is not the ARN of a model package version; it looks like "
            f"arn:aws:sagemaker:{project.aws_region}:{project.aws_account}:model-package/{group}/1."
        )
    if match["region"] != project.aws_region:
        raise ModelPackageError(
            f"{arn} is in region {match['region']}, but the project is in {project.aws_region}; "
            "give a model package of that region."
        )
    if match["account"] != project.aws_account:
        raise ModelPackageError(
            f"{arn} is in account {match['account']}, but the project is in "
            f"{project.aws_account}; give a model package of that account."
        )
    # SageMaker may write the group in small letters into the ARN.
    if match["group"].lower() != group.lower():
        raise ModelPackageError(
            f"{arn} belongs to group {match['group']}, but this project's group is {group}; "
            "give one of its versions."
        )
    return arn
