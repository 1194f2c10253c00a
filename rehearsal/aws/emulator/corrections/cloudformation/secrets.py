"""AWS::SecretsManager::Secret: `Ref` is the ARN, as the CloudFormation reference documents."""

from __future__ import annotations

from typing import Any

from ministack.services import secretsmanager

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers
from rehearsal.aws.emulator.iam.resource_tags import secret_of
from rehearsal.aws.emulator.wrapping import wrap

_TYPE = "AWS::SecretsManager::Secret"


def apply() -> None:
    """MiniStack knows a secret by its name; translate at the edge of each handler."""
    create = resource_handlers.original(_TYPE, "create")
    update = resource_handlers.original(_TYPE, "update")
    delete = resource_handlers.original(_TYPE, "delete")

    def create_secret(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        _, attributes = create(logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def update_secret(arn: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        _, attributes = update(_name(arn), old, new, *rest)
        return attributes.get("Arn", arn), attributes

    def delete_secret(arn: str, props: dict[str, Any]) -> None:
        delete(_name(arn), props)

    wrap(_resolve_by_key, "_resolve", secretsmanager)
    resource_handlers.replace(
        _TYPE, create=create_secret, update=update_secret, delete=delete_secret
    )


def _resolve_by_key(resolve: Any, secret_id: str, **named: Any) -> Any:
    """Find a secret of this account and region without going through all of them."""
    name, secret = secret_of(secret_id or "")
    return (name, secret) if secret is not None else resolve(secret_id, **named)


def _name(arn: str) -> str:
    name, _secret = secretsmanager._resolve(arn)
    return str(name or arn)
