"""What is deployed: the ARN of a model package, its origin, and who approved it.

Who approved it is read from the table of the function that starts deployments, which no role of the
project can write. The metadata of a version shows the same to people and does not count, since
whoever registered the version could write it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from deploy_endpoint.errors import ModelPackageError, SettingsError, aws_errors_explained
from deploy_endpoint.settings.project_settings import ProjectSettings

_MODEL_PACKAGE_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":model-package/(?P<group>[a-zA-Z0-9-]{1,63})/(?P<version>[1-9]\d*)"
)
_TABLE = "mlops-sm-project-approvals"
INPUT_PREFIX = "provenance_"
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
_LONGEST_VALUE = 256
_NOT_IN_TAGS = re.compile(r"[^\w .:/=+@-]")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHAPES = {
    "commit": (re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?"), "the full hash of a git commit"),
    "data_sha256": (_SHA256, "64 hexadecimal digits in small letters"),
    "model_sha256": (_SHA256, "64 hexadecimal digits in small letters"),
    "pipeline_execution": (
        re.compile(r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:\d{12}:pipeline/[^\s]{1,150}"),
        "the ARN of a pipeline execution",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What is known of a model's origin; what is unknown is empty and leaves no tag."""

    commit: str = ""
    data_sha256: str = ""
    model_sha256: str = ""
    pipeline_execution: str = ""
    approved_by: str = ""

    def __post_init__(self) -> None:
        """Refuse values that cannot be what they should be."""
        for name, (shape, wanted) in _SHAPES.items():
            value = getattr(self, name)
            if value and not shape.fullmatch(value):
                raise SettingsError(
                    f"{INPUT_PREFIX}{name} is {value!r}; give {wanted}, or leave it out."
                )

    def tags(self) -> dict[str, str]:
        """Tags by key, such as `mlops:model-sha256`.

        A person's name comes from elsewhere, so what tags cannot hold of it becomes `_`.
        """
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            f"mlops:{name.replace('_', '-')}": _NOT_IN_TAGS.sub("_", value)[:_LONGEST_VALUE]
            for name, value in known.items()
            if value
        }


@dataclass(frozen=True, kw_only=True)
class ApprovedModel:
    """The model package to serve, and where it comes from."""

    package_arn: str
    provenance: Provenance = field(default_factory=Provenance)


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
    match = _MODEL_PACKAGE_ARN.fullmatch(arn)
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


def read_provenance(read: Callable[[str], str]) -> Provenance:
    """Read each value as the input `provenance_<name>`.

    Raises:
        SettingsError: a value has not the form of its kind.
    """
    return Provenance(**{f.name: read(f"{INPUT_PREFIX}{f.name}") for f in fields(Provenance)})


@dataclass(frozen=True)
class Decisions:
    """Who let a version in.

    Args:
        approved_by: who approved the model.
        opened_by: who opened a stage in the model registry, by stage.
        model_sha256: digest of the artifact that was deployed first; empty if none was.
    """

    approved_by: str
    opened_by: Mapping[str, str]
    model_sha256: str


def read_decisions(dynamodb: Any, arn: str) -> Decisions:
    """Read what was decided of a version.

    Raises:
        ModelPackageError: nobody was seen to approve it; approve it once more.
    """
    key = {"ClaimId": {"S": f"version {arn.lower()}"}}
    with aws_errors_explained(f"read who approved {arn}"):
        item = dynamodb.get_item(TableName=_TABLE, Key=key, ConsistentRead=True).get("Item", {})
    approved_by = _text(item.get("ApprovedBy"))
    if not approved_by:
        raise ModelPackageError(
            f"Nobody is known to have approved {arn}; take its approval in the model registry "
            "back, approve it once more, and run this a minute later."
        )
    opened_by = item.get("OpenedBy", {}).get("M", {})
    digests = item.get("Digests", {}).get("M", {})
    return Decisions(
        approved_by=approved_by,
        opened_by={stage: _text(who) for stage, who in opened_by.items()},
        model_sha256=_text(digests.get("model-sha256")),
    )


def _text(value: Mapping[str, str] | None) -> str:
    return value["S"] if value else ""
