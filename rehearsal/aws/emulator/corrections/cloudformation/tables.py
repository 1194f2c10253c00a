"""A table of a template has the expiry and the recovery that its template says."""

from __future__ import annotations

from typing import Any

from ministack.services import dynamodb

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers

_TYPE = "AWS::DynamoDB::Table"


def apply() -> None:
    """Apply both settings after creation and update."""
    create = resource_handlers.original(_TYPE, "create")
    update = resource_handlers.original(_TYPE, "update")

    def create_table(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        made = create(logical_id, props, stack_name)
        _apply_settings(made[0], props)
        return made

    def update_table(name: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> Any:
        made = update(name, old, new, *rest)
        _apply_settings(made[0], new)
        return made

    resource_handlers.replace(_TYPE, create=create_table, update=update_table)


def _apply_settings(name: str, props: dict[str, Any]) -> None:
    expiry = props.get("TimeToLiveSpecification")
    if expiry:
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": _typed(expiry)})
    recovery = props.get("PointInTimeRecoverySpecification")
    if recovery:
        dynamodb._update_continuous_backups(
            {"TableName": name, "PointInTimeRecoverySpecification": _typed(recovery)}
        )


def _typed(specification: dict[str, Any]) -> dict[str, Any]:
    """A template may write a boolean as text."""
    as_booleans = {"true": True, "false": False}
    return {key: as_booleans.get(value, value) for key, value in specification.items()}
