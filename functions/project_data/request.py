"""The properties of the three custom resources, parsed at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloudformation_response.properties import PropertyError, one_of, text
from project_data.encryption_key import OWN, SHARED, KeyRequest

ON_DELETE = ("keep", "delete")


@dataclass(frozen=True)
class DataRequest:
    """What belongs to a project's data."""

    bucket_name: str
    key_id: str
    model_package_group_name: str
    pipeline_name: str
    on_delete: str
    shares_key: bool = False


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
        shares_key=_shares_key(properties),
    )


def keeps_key(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether an update leaves a project that shares a key with that key.

    A registration that names no key any more gives every project one of its own.
    """
    return _shares_key(now) or not _shares_key(before)


def _shares_key(properties: Mapping[str, Any]) -> bool:
    """Only where the registration names a key, a project says which kind it has."""
    return str(properties.get("EncryptionKey", OWN)) != OWN


def parse_key(properties: Mapping[str, Any]) -> KeyRequest:
    """Check and type the properties of `Custom::ProjectKey`.

    Raises:
        PropertyError: naming the property.
    """
    return KeyRequest(
        bucket_name=text(properties, "BucketName"),
        wanted=one_of(properties, "EncryptionKey", (SHARED, OWN)),
        registered=text(properties, "KmsKey"),
        stage_accounts=str(properties.get("StageAccounts") or ""),
    )


def parse_endpoints(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the stacks in which a project's endpoints are.

    Raises:
        PropertyError: naming the property.
    """
    project_id = text(properties, "ProjectId")
    names = properties.get("StackNames")
    if not isinstance(names, list) or not names:
        raise PropertyError("StackNames", "is missing")
    if any(f"-{project_id}-" not in str(name) for name in names):
        raise PropertyError("StackNames", f"must name stacks of project {project_id}")
    return tuple(str(name) for name in names)
