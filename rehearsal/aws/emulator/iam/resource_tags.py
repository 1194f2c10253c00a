"""Finds the tags of a resource by its key, where MiniStack goes through all of the service.

A launch asks for them a hundred times, and each project leaves eight roles behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, kms, secretsmanager, ssm, tagging

_ARN_PARTS = 6
_SECRET_SUFFIX = len("-AbCdEf")
_find_in_all = tagging.resource_tags


def resource_tags(arn: str) -> dict[str, str] | None:
    """The tags of a resource; None when this account and region have none of the name."""
    parts = arn.split(":", 5)
    find = _FIND.get(parts[2]) if len(parts) == _ARN_PARTS else None
    if find is None:
        found: dict[str, str] | None = _find_in_all(arn)
        return found
    tags = find(arn, parts[5])
    return None if tags is None else dict(tags)


def tell_tags(service: str, tags_of: Callable[[str], Mapping[str, str] | None]) -> None:
    """Let `aws:ResourceTag` conditions know a service's resources: ARN to tags, if there is one."""
    _FIND[service] = lambda arn, _resource: tags_of(arn)


def secret_of(arn: str) -> tuple[str, dict[str, Any] | None]:
    """The name that a secret's ARN tells, and the secret of this account and region, if it is."""
    name = arn.rpartition(":")[2][:-_SECRET_SUFFIX]
    found = secretsmanager._secrets.get(name)
    return name, found if found is not None and found["ARN"] == arn else None


def _of_identity(arn: str, resource: str) -> Any:
    table = {"user": iam._users, "role": iam._roles}.get(resource.partition("/")[0])
    found = None if table is None else table.get(resource.rpartition("/")[2])
    if found is None or found["Arn"] != arn:
        return None
    return ((tag["Key"], tag["Value"]) for tag in found.get("Tags") or ())


def _of_key(arn: str, resource: str) -> Any:
    found = kms._keys.get(resource.removeprefix("key/"))
    if found is None or arn != f"arn:aws:kms:{get_region()}:{get_account_id()}:{resource}":
        return None
    return ((tag["TagKey"], tag["TagValue"]) for tag in found.get("Tags") or ())


def _of_secret(arn: str, _resource: str) -> Any:
    _name, found = secret_of(arn)
    if found is None:
        return None
    return ((tag["Key"], tag["Value"]) for tag in found.get("Tags") or ())


_FIND: dict[str, Callable[[str, str], Any]] = {
    "iam": _of_identity,
    "kms": _of_key,
    "secretsmanager": _of_secret,
    "ssm": lambda arn, _resource: ssm._tags.get(arn),
}
