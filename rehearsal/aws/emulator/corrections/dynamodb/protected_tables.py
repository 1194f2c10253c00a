"""A table that is protected against deletion is refused with DynamoDB's own words.

Source: DynamoDB developer guide, "Using deletion protection"; the words as users report them.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from rehearsal.aws.emulator.wrapping import wrap

_REFUSAL = (
    "Resource cannot be deleted as it is currently protected against deletion. "
    "Disable deletion protection first."
)


def apply() -> None:
    """Look at the protection before MiniStack does."""
    wrap(_delete_or_refuse, "_delete_table", dynamodb)


def _delete_or_refuse(delete: Any, data: dict[str, Any]) -> Any:
    table = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName")))
    if table is not None and table.get("DeletionProtectionEnabled"):
        return error_response_json("ValidationException", _REFUSAL, 400)
    return delete(data)
