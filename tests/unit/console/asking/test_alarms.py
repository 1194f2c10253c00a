"""A stage's alarms are those that its stack and its scaling have made, by two requests."""

from __future__ import annotations

from console.asking.alarms import alarms_question
from console.asking.gaps import PageGaps
from tests.unit.console.stubbed_account import NOW, PROJECT, StubbedAccount, stubbed_account


def _has_alarm(stubbed: StubbedAccount, prefix: str, name: str) -> None:
    alarm = {
        "AlarmName": name,
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed",
        "StateTransitionedTimestamp": NOW,
    }
    stubbed.stub("cloudwatch").add_response(
        "describe_alarms",
        {"MetricAlarms": [alarm] if name else []},
        {"AlarmNamePrefix": prefix, "AlarmTypes": ["MetricAlarm"], "MaxRecords": 50},
    )


def test_alarms_of_the_stack_and_of_the_scaling_are_shown_and_no_other_stages() -> None:
    with stubbed_account() as stubbed:
        _has_alarm(stubbed, "mlops-p-0123456789ab-dev-", "mlops-p-0123456789ab-dev-errors")
        _has_alarm(stubbed, "TargetTracking-endpoint/rings-dev/", "TargetTracking-x-AlarmHigh")
        found = alarms_question(stubbed.account, PROJECT, "dev").ask(PageGaps())
    assert [(one.name, one.state, one.since, one.reason) for one in found] == [
        ("mlops-p-0123456789ab-dev-errors", "ALARM", NOW, "Threshold Crossed"),
        ("TargetTracking-x-AlarmHigh", "ALARM", NOW, "Threshold Crossed"),
    ]


def test_alarms_that_may_not_be_read_are_no_empty_list() -> None:
    gaps = PageGaps()
    with stubbed_account() as stubbed:
        for _ in range(2):
            stubbed.stub("cloudwatch").add_client_error("describe_alarms", "AccessDenied", "no")
        assert alarms_question(stubbed.account, PROJECT, "dev").ask(gaps) is None
    assert gaps.lines == [
        "Alarms: not known, since the right cloudwatch:DescribeAlarms is missing."
    ]
