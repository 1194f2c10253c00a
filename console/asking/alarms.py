"""The alarms of a stage: those of its stack by name, and those that scale its instances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames

_FRESH_SECONDS = 5.0
_MOST_SHOWN = 50


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Args:
        state: OK, ALARM or INSUFFICIENT_DATA.
        since: when it came into that state.
        reason: why.
        described: what it watches, by whoever made it.
    """

    name: str
    state: str
    since: datetime | None
    reason: str
    described: str


def alarms_question(account: Account, project: ProjectNames, stage: str) -> Question:
    """Ask for the alarms; empty if there are none, None if they may not be read."""
    # CloudFormation, too, names what it makes after the stack. Application Auto Scaling names its
    # own after what it scales.
    prefixes = (
        f"{project.stack(stage)}-",
        f"TargetTracking-endpoint/{project.endpoint(stage)}/",
    )

    def ask(gaps: PageGaps) -> Sequence[Alarm] | None:
        found: list[Sequence[Alarm] | None] = [
            gaps.ask("Alarms", "cloudwatch", partial(_alarms, account, prefix), None)
            for prefix in prefixes
        ]
        known = [alarms for alarms in found if alarms is not None]
        return [alarm for alarms in known for alarm in alarms] if known else None

    return Question("alarms", (project.group, stage), ask, _FRESH_SECONDS)


def _alarms(account: Account, prefix: str) -> list[Alarm]:
    told = account.client("cloudwatch").describe_alarms(
        AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"], MaxRecords=_MOST_SHOWN
    )
    return [_alarm(one) for one in told["MetricAlarms"]]


def _alarm(told: Mapping[str, Any]) -> Alarm:
    return Alarm(
        name=told["AlarmName"],
        state=told["StateValue"],
        since=told.get("StateTransitionedTimestamp") or told.get("StateUpdatedTimestamp"),
        reason=told.get("StateReason", ""),
        described=told.get("AlarmDescription", ""),
    )
