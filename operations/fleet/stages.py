"""What the stages of projects serve, read from the ledger that the dispatch function writes.

A project's item is `stages <group>`: `Stages` holds the versions that ran in each stage, by ARN,
and `Records` the rest that is known of it. Only what a table shows is read here; a test holds that
against what the function writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

TABLE = "mlops-sm-project-approvals"
_MOST_KEYS = 100  # of one request
_ATTEMPTS = 10


@dataclass(frozen=True)
class Stage:
    """One stage.

    Args:
        name: such as dev.
        version: number of the version that it serves; empty if none.
        since: when that began there, in UTC; empty if that is not told.
        is_unknown: whether it may serve something else.
        attention: what people must see to; empty if nothing.
        under_way: number of the version that a run brings there just now; empty if none does.
    """

    name: str
    version: str
    since: str
    is_unknown: bool
    attention: str
    under_way: str = ""


def read_stages(dynamodb: Any, groups: Sequence[str]) -> dict[str, list[Stage]]:
    """The stages of projects by their model package group; no entry where nothing was ever done."""
    found = {}
    for start in range(0, len(groups), _MOST_KEYS):
        keys = [f"stages {group}" for group in groups[start : start + _MOST_KEYS]]
        for item in read_items(dynamodb, keys):
            found[item["ClaimId"].removeprefix("stages ")] = stages_of(item)
    return found


def stages_of(item: Mapping[str, Any]) -> list[Stage]:
    """The stages of one item, in the order of their names."""
    records = item.get("Records", {})
    return [
        _stage(name, versions, records.get(name))
        for name, versions in sorted(item.get("Stages", {}).items())
    ]


def read_items(dynamodb: Any, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The items of the ledger with these keys, at most a hundred, as far as they are there."""
    asked = [{"ClaimId": {"S": key}} for key in keys]
    read, wanted = TypeDeserializer(), {TABLE: {"Keys": asked}}
    # DynamoDB answers 16 MB at once and leaves the rest to the next request.
    for _ in range(_ATTEMPTS):
        if not wanted:
            return
        answer = dynamodb.batch_get_item(RequestItems=wanted)
        for item in answer["Responses"].get(TABLE, []):
            yield {name: read.deserialize(value) for name, value in item.items()}
        wanted = answer.get("UnprocessedKeys") or {}


def _stage(name: str, versions: Mapping[str, Any], rest: Mapping[str, Any] | None) -> Stage:
    known = rest or {}  # an earlier version of the function kept no more than the versions
    serves = str(known["serves"]) if rest is not None else last_served(versions)
    return Stage(
        name=name,
        version=serves.rpartition("/")[2],
        since=_since(versions.get(serves, {})),
        is_unknown=bool(known.get("is_unknown", False)),
        attention=str(known.get("attention", "")),
        under_way=_ordered(known.get("under_way") or {}),
    )


def _ordered(under_way: Mapping[str, Any]) -> str:
    return str(under_way.get("order", {}).get("arn", "")).rpartition("/")[2]


def _since(presence: Mapping[str, Any]) -> str:
    return max(str(presence.get("healthy", "")), str(presence.get("untested", "")))


def last_served(versions: Mapping[str, Any]) -> str:
    """ARN of what a stage served last, of what is kept of its versions; empty if nothing."""
    latest = max(versions, key=lambda arn: _since(versions[arn]), default="")
    if not latest or _since(versions[latest]) <= str(versions[latest].get("removed", "")):
        return ""
    return latest
