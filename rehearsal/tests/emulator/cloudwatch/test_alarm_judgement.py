"""How many breaching periods make an alarm, and what missing ones count as."""

from __future__ import annotations

import pytest
from ministack.services import cloudwatch

from rehearsal.aws.emulator.corrections.cloudwatch.alarm_judgement import judge

_NOW, _PERIOD_SECONDS = 1000.0, 10.0


@pytest.mark.parametrize(
    ("values", "needed", "treated", "state"),
    [
        ("9", 1, "missing", "ALARM"),
        ("5", 1, "missing", "OK"),
        ("199", 2, "missing", "ALARM"),
        ("199", 3, "missing", "OK"),
        ("919", 3, "missing", "OK"),
        ("--9", 3, "missing", "ALARM"),
        ("--9", 3, "notBreaching", "OK"),
        ("--9", 3, "breaching", "ALARM"),
        ("--9", 3, "ignore", "keeps"),
        ("---", 2, "missing", "INSUFFICIENT_DATA"),
        ("---", 2, "notBreaching", "OK"),
        ("---", 2, "breaching", "ALARM"),
    ],
)
def test_periods_are_judged_one_by_one(values: str, needed: int, treated: str, state: str) -> None:
    name = f"{values} {needed} {treated}"
    for number, value in enumerate(values):
        at = _NOW - _PERIOD_SECONDS * (len(values) - number - 0.5)
        if value != "-":
            cloudwatch._store_datum("n", name, {}, at, "None", float(value), None, None, None)
    alarm = {
        "Namespace": "n",
        "MetricName": name,
        "Period": 60 * _PERIOD_SECONDS,
        "EvaluationPeriods": len(values),
        "DatapointsToAlarm": needed,
        "Threshold": 5.0,
        "TreatMissingData": treated,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    judged = judge(alarm, _NOW, seconds_per_minute=1.0)
    assert (judged.state if judged else "keeps") == state
