"""Where the deployed model comes from, for the tags of every resource."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields

from deploy_endpoint.errors import SettingsError

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
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            f"mlops:{name.replace('_', '-')}": _NOT_IN_TAGS.sub("_", value)[:_LONGEST_VALUE]
            for name, value in known.items()
            if value
        }


def read_provenance(read: Callable[[str], str]) -> Provenance:
    """Read each value as the input `provenance_<name>`.

    Raises:
        SettingsError: a value has not the form of its kind.
    """
    return Provenance(**{f.name: read(f"{INPUT_PREFIX}{f.name}") for f in fields(Provenance)})
