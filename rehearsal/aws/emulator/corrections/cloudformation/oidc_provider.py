"""AWS::IAM::OIDCProvider, which MiniStack's CloudFormation does not have."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ministack.services import iam

from rehearsal.aws.emulator.extensions import Extensions

_TYPE = "AWS::IAM::OIDCProvider"


def apply(registry: Extensions) -> None:
    """Add the type, over the IAM operations."""
    registry.add_type(_TYPE, _create, _delete, _update, replace_on=("Url",))


def _create(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
    request = {"Url": [props["Url"]]}
    for member, values in (
        ("ClientIDList", props.get("ClientIdList", [])),
        ("ThumbprintList", props.get("ThumbprintList", [])),
    ):
        request |= {f"{member}.member.{n}": [value] for n, value in enumerate(values, 1)}
    for number, tag in enumerate(props.get("Tags", []), 1):
        request[f"Tags.member.{number}.Key"] = [tag["Key"]]
        request[f"Tags.member.{number}.Value"] = [tag["Value"]]
    status, _headers, body = iam._create_oidc_provider(request)
    document = ElementTree.fromstring(body)  # noqa: S314 # MiniStack's own answer
    if status >= 300:
        raise ValueError(document.findtext(".//{*}Message"))
    arn = document.findtext(".//{*}OpenIDConnectProviderArn") or ""
    return arn, {"Arn": arn}


def _update(
    arn: str, _old: dict[str, Any], new: dict[str, Any], _stack: str
) -> tuple[str, dict[str, Any]]:
    provider = iam._oidc_providers[arn]
    provider["ClientIDList"] = new.get("ClientIdList", [])
    provider["ThumbprintList"] = new.get("ThumbprintList", [])
    provider["Tags"] = new.get("Tags", [])
    return arn, {"Arn": arn}


def _delete(arn: str, _props: dict[str, Any]) -> None:
    iam._oidc_providers.pop(arn, None)
