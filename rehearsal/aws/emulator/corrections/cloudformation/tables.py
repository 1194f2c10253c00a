"""A table of a template has the expiry and the recovery that its template says."""

from __future__ import annotations

from typing import Any

from ministack.services import dynamodb

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers

_TYPE = "AWS::DynamoDB::Table"


def apply() -> None:
    """Apply both settings after creation and update."""
    resource_handlers.then_set(_TYPE, _apply_settings)


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
