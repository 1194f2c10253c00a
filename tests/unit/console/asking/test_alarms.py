"""A stage's alarms are those that its stack and its scaling have made, by two requests."""

from __future__ import annotations

from typing import Any

from console.asking.alarms import alarms_question
from console.asking.gaps import PageGaps
from tests.console.made_up_aws import NOW, Asked, MadeUpAccount, Refusal
from tests.unit.console.made_up_project import PROJECT

_NAMES = ("mlops-p-abcdefghijkl-dev-errors", "TargetTracking-endpoint/Rings-dev/variant/High")


def _alarms(asked: Asked) -> dict[str, Any]:
    told = {
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed",
        "StateTransitionedTimestamp": NOW,
    }
    names = [name for name in _NAMES if name.startswith(asked["AlarmNamePrefix"])]
    return {"MetricAlarms": [{"AlarmName": name, **told} for name in names]}


def test_alarms_of_the_stack_and_of_the_scaling_are_shown_and_no_other_stages() -> None:
    account = MadeUpAccount({"DescribeAlarms": _alarms})
    found = alarms_question(account, PROJECT, "dev").ask(PageGaps())
    assert [(one.name, one.state, one.since, one.reason) for one in found] == [
        (name, "ALARM", NOW, "Threshold Crossed") for name in _NAMES
    ]
    # The prefix of dev is not one of dev2.
    assert account.asked_of("DescribeAlarms") == [
        {"AlarmNamePrefix": prefix, "AlarmTypes": ["MetricAlarm"], "MaxRecords": 50}
        for prefix in ("mlops-p-abcdefghijkl-dev-", "TargetTracking-endpoint/Rings-dev/")
    ]


def test_alarms_that_may_not_be_read_are_no_empty_list() -> None:
    gaps = PageGaps()
    account = MadeUpAccount({"DescribeAlarms": Refusal("AccessDenied")})
    assert alarms_question(account, PROJECT, "dev").ask(gaps) is None
    assert gaps.lines == [
        "Alarms: not known, since the right cloudwatch:DescribeAlarms is missing."
    ]
