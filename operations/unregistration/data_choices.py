"""What holds data goes only if somebody says so, for each thing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from operations.unregistration.bucket_step import is_left
from operations.unregistration.setting import TABLE, Setting
from operations.unregistration.table_steps import find_table


@dataclass(frozen=True)
class Holder:
    """One thing that holds data.

    Args:
        name: of it.
        told: what it is, and what goes with it.
    """

    name: str
    told: str


# Shows what it is; whether it goes.
Ask = Callable[[Holder], bool]


def choose(setting: Setting, ask: Ask) -> Setting:
    """The setting with what is to be deleted."""
    gone = frozenset(holder.name for holder in find_holders(setting) if ask(holder))
    return replace(setting, deleted=gone)


def find_holders(setting: Setting) -> Iterator[Holder]:
    """What holds data and does not go with a stack."""
    table = find_table(setting.client("dynamodb"))
    if table is not None:
        items = table.get("ItemCount", 0)
        yield Holder(
            TABLE,
            f"The table {TABLE} ({items} items at DynamoDB's last count) tells who approved what "
            "and what each stage serves; it is written nowhere else, and the next registration "
            "takes it up.",
        )
    if is_left(setting):
        yield Holder(
            setting.version_bucket,
            f"The bucket {setting.version_bucket} holds files of versions, which an earlier "
            "removal left; no product needs them.",
        )
