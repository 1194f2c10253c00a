"""A table of a template has what its template says, and is deleted as DynamoDB deletes tables.

MiniStack drops the table of a stack whatever protects it, and leaves out its expiry and recovery.
Sources: CloudFormation reference of AWS::DynamoDB::Table; that an update which no longer says
anything of an expiry that is on fails, with these words, https://github.com/aws/aws-cdk/issues/25655.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import dynamodb

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers

_TYPE = "AWS::DynamoDB::Table"
_GONE = "ResourceNotFoundException"
_NO_ATTRIBUTE = (
    "Invalid request provided: AttributeName property of TimeToLiveSpecification is required when "
    "TTL status is enabled or while enabling/disabling TTL."
)


def apply() -> None:
    """Apply both settings after creation and update, and delete through DynamoDB."""
    resource_handlers.then_set(_TYPE, _apply_settings)
    resource_handlers.replace(_TYPE, delete=_delete)


def _apply_settings(name: str, props: dict[str, Any]) -> None:
    _apply_expiry(name, _typed(props.get("TimeToLiveSpecification") or {}))
    recovery = props.get("PointInTimeRecoverySpecification")
    if recovery:
        dynamodb._update_continuous_backups(
            {"TableName": name, "PointInTimeRecoverySpecification": _typed(recovery)}
        )


def _apply_expiry(name: str, wanted: dict[str, Any]) -> None:
    present = dynamodb._ttl_settings.get(name) or {}
    is_on = present.get("TimeToLiveStatus") == "ENABLED"
    if (is_on or wanted.get("Enabled")) and not wanted.get("AttributeName"):
        raise ValueError(_NO_ATTRIBUTE)
    if is_on or wanted.get("Enabled"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": wanted})


def _delete(name: str, _props: dict[str, Any]) -> None:
    status, _headers, body = dynamodb._delete_table({"TableName": name})
    answer = json.loads(body)
    if status >= 400 and not answer["__type"].endswith(_GONE):
        raise ValueError(f"{answer['message']} (Service: DynamoDb, Status Code: {status})")


def _typed(specification: dict[str, Any]) -> dict[str, Any]:
    """A template may write a boolean as text."""
    as_booleans = {"true": True, "false": False}
    return {key: as_booleans.get(value, value) for key, value in specification.items()}
