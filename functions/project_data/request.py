"""The properties of `Custom::ProjectData`, parsed once at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import one_of, text

ON_DELETE = ("keep", "delete")


@dataclass(frozen=True)
class DataRequest:
    """What belongs to a project's data."""

    bucket_name: str
    key_id: str
    model_package_group_name: str
    pipeline_name: str
    on_delete: str


def parse_data(properties: Mapping[str, Any]) -> DataRequest:
    """Check and type the properties.

    Raises:
        PropertyError: naming the property.
    """
    return DataRequest(
        bucket_name=text(properties, "BucketName"),
        key_id=text(properties, "KeyId"),
        model_package_group_name=text(properties, "ModelPackageGroupName"),
        pipeline_name=text(properties, "PipelineName"),
        on_delete=one_of(properties, "OnDelete", ON_DELETE),
    )
