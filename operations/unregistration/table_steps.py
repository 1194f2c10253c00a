"""The table of what was approved and deployed, which a registration leaves for the next one."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.unregistration.errors import TableBusyError
from operations.unregistration.setting import TABLE, Setting

_PAUSE_SECONDS = 2.0
_ROUNDS = 300
_ACTIVE, _DELETING = "ACTIVE", "DELETING"


@dataclass(frozen=True)
class ProtectTableStep:
    """Protects a table that stays, before the stack goes that retains it.

    A protected table outlives even a stack of a version that did not retain it, and a deletion
    that somebody began and thought better of leaves it unprotected.
    """

    setting: Setting
    title: str = "See that the record of approvals stays"

    def look(self) -> str:
        """Whether it is unprotected."""
        table = find_table(self.setting.client("dynamodb"))
        if table is None or TABLE in self.setting.deleted or table["TableStatus"] == _DELETING:
            return ""
        protected = table.get("DeletionProtectionEnabled", False)
        return "" if protected else f"protect the table {TABLE} against deletion"

    def do(self) -> None:
        """Protect it."""
        dynamodb = self.setting.client("dynamodb")
        if settle(self.setting, dynamodb) is not None:
            dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=True)


@dataclass(frozen=True)
class DeleteTableStep:
    """Deletes the table, if somebody wants that."""

    setting: Setting
    title: str = "Delete the record of approvals"

    def look(self) -> str:
        """Whether it is there and may go."""
        table = find_table(self.setting.client("dynamodb"))
        if table is None:
            return ""
        if table["TableStatus"] == _DELETING:
            return f"wait for the deletion of the table {TABLE}"
        return f"delete the table {TABLE}" if TABLE in self.setting.deleted else ""

    def do(self) -> None:
        """Take its protection away and delete it."""
        dynamodb = self.setting.client("dynamodb")
        table = settle(self.setting, dynamodb)
        if table is not None and table.get("DeletionProtectionEnabled"):
            dynamodb.update_table(TableName=TABLE, DeletionProtectionEnabled=False)
            table = settle(self.setting, dynamodb)
        if table is not None:
            dynamodb.delete_table(TableName=TABLE)
            settle(self.setting, dynamodb)


def find_table(dynamodb: Any) -> dict[str, Any] | None:
    """The table; None if there is none."""
    try:
        table: dict[str, Any] = dynamodb.describe_table(TableName=TABLE)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    return table


def settle(setting: Setting, dynamodb: Any) -> dict[str, Any] | None:
    """The table when nothing changes it any more; None if it is gone.

    Raises:
        TableBusyError: it takes too long.
    """
    status = ""
    for _ in range(_ROUNDS):
        table = find_table(dynamodb)
        if table is None or table["TableStatus"] == _ACTIVE:
            return table
        status = table["TableStatus"]
        setting.sleep(_PAUSE_SECONDS)
    raise TableBusyError(TABLE, status)
