"""How long the GitHub tokens of projects last, as the daily check found it.

Its metric has one value for all tokens, so that the alarm can look at the smallest; its log names
the project of each. Nothing here reads a token.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.fleet.daily_look_log import SINCE, read_log

NAMESPACE, METRIC = "MLOpsSageMakerProject", "TokenDaysLeft"
PREFIX = "/mlops-sm-project/"
_LINE = re.compile(
    r"project (?P<name>\S+) \((?P<owner>[^/\s)]+)/[^)\s]+\): its GitHub token "
    r"(?:does not expire|lasts (?P<days>\d+) more days|(?P<bad>is rejected))"
)


@dataclass(frozen=True)
class Credential:
    """The token of a project.

    Args:
        owner: of the repositories.
        days_left: None if it has no end, or does not work.
        is_rejected: whether it does not work.
        looked_at: when.
    """

    owner: str
    days_left: int | None
    is_rejected: bool
    looked_at: datetime


def read_credentials(logs: Any, now: datetime) -> dict[str, Credential]:
    """What the last daily check found of each project, by its model package group."""
    return credentials_of(read_log(logs, now, "its GitHub token"))


def credentials_of(events: Iterable[Mapping[str, Any]]) -> dict[str, Credential]:
    """Read lines of the check's log; of a project the latest counts."""
    found = {}
    for event in sorted(events, key=lambda event: event["timestamp"]):
        told = _LINE.search(event["message"])
        if told is None:
            continue
        moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
        found[told["name"].removeprefix(PREFIX)] = Credential(
            owner=told["owner"],
            days_left=int(told["days"]) if told["days"] else None,
            is_rejected=bool(told["bad"]),
            looked_at=moment,
        )
    return found


def least_days_left(cloudwatch: Any, now: datetime) -> float | None:
    """Days that the first of all tokens to end lasts; None if that was not measured."""
    points = cloudwatch.get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=METRIC,
        StartTime=now - SINCE,
        EndTime=now,
        Period=3600,
        Statistics=["Minimum"],
    )["Datapoints"]
    latest = max(points, key=lambda point: point["Timestamp"], default=None)
    return None if latest is None else float(latest["Minimum"])
