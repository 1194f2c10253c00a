"""How many breaching periods make an alarm, and what missing ones count as."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.rehearsal.aws.local_aws import ROOT

# MiniStack reads its environment when it is imported, so the judgement runs in its own process.
_PROGRAM = """
import sys
from ministack.services import cloudwatch
from rehearsal.aws.fidelity.alarm_judgement import judge

values, needed, treated = sys.argv[1], int(sys.argv[2]), sys.argv[3]
now, period = 1000.0, 10.0
for number, value in enumerate(values):
    if value != "-":
        at = now - period * (len(values) - number) + period / 2
        cloudwatch._store_datum("n", "m", {}, at, "None", float(value), None, None, None)
alarm = {
    "Namespace": "n", "MetricName": "m", "Period": 600, "EvaluationPeriods": len(values),
    "DatapointsToAlarm": needed, "Threshold": 5.0, "TreatMissingData": treated,
    "ComparisonOperator": "GreaterThanThreshold",
}
judged = judge(alarm, now, 1.0)
print(judged.state if judged else "keeps")
"""


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
    shown = subprocess.run(
        [sys.executable, "-c", _PROGRAM, values, str(needed), treated],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == state
