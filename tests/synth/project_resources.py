"""The resources of a synthesized project stack, found by what they are for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NAME, ID = "Abalone", "p-0123456789ab"
_PARAMETERS = {"SageMakerProjectName": NAME, "SageMakerProjectId": ID}
STAGES = ("dev", "staging", "prod")


def render(value: Any) -> str:
    """Write a name out for one project; references to resources become {logical id}.

    Of a choice both values are written, as {one or other}.
    """
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Ref":
        return _PARAMETERS.get(argument, f"{{{argument}}}")
    if function == "Fn::GetAtt":
        return f"{{{'.'.join(argument)}}}"
    if function == "Fn::If":
        _condition, *values = argument
        return f"{{{' or '.join(render(value) for value in values)}}}"
    separator, parts = argument
    return str(separator).join(render(part) for part in parts)


def find(resources: dict[str, Any], type_: str, **properties: str) -> tuple[str, dict[str, Any]]:
    """The one resource of a type whose rendered properties are these."""
    ((logical_id, resource),) = (
        (logical_id, resource)
        for logical_id, resource in resources.items()
        if resource["Type"] == type_
        and all(render(resource["Properties"][name]) == text for name, text in properties.items())
    )
    return logical_id, resource["Properties"]


def mentioned(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            else:
                yield from mentioned(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mentioned(inner)


def before(resources: dict[str, Any], logical_id: str) -> set[str]:
    """What CloudFormation makes before a resource, and deletes after it."""
    resource = resources[logical_id]
    depends_on = resource.get("DependsOn", [])
    direct = {depends_on} if isinstance(depends_on, str) else set(depends_on)
    direct |= set(mentioned(resource["Properties"])) & resources.keys()
    return direct.union(*(before(resources, name) for name in direct))


def find_role(resources: dict[str, Any], duty: str) -> tuple[str, dict[str, Any]]:
    return find(resources, "AWS::IAM::Role", RoleName=f"mlops-{ID}-{duty}")


def find_content(resources: dict[str, Any], duty: str) -> tuple[str, dict[str, Any]]:
    repository, _ = find(resources, "Custom::GitHubRepository", Name=f"{NAME}-{duty}")
    return find(resources, "Custom::GitHubRepositoryContent", FullName=f"{{{repository}.FullName}}")
