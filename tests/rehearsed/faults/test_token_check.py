"""The daily check of the tokens warns before one runs out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.faults.conftest import DAYS_LEFT, EXPIRING


@pytest.fixture
def project(ground: Ground) -> Any:
    made = TrialProject(Lane(ground, EXPIRING), "expiring")
    launched = made.launch()
    assert launched.is_good, launched.reason
    yield made
    assert made.delete().is_good


def test_a_token_that_expires_in_five_days_is_measured_and_named(
    ground: Ground, project: TrialProject
) -> None:
    client = ground.world.administrator.client
    began = datetime.now(UTC)
    answer = client("lambda").invoke(
        FunctionName=names.TOKEN_FUNCTION, Payload=json.dumps({"source": "aws.events"}).encode()
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    statistics = client("cloudwatch").get_metric_statistics(
        Namespace=names.METRIC_NAMESPACE,
        MetricName="TokenDaysLeft",
        StartTime=began,
        EndTime=datetime.now(UTC) + timedelta(minutes=5),
        Period=60,
        Statistics=["Minimum"],
    )["Datapoints"]
    assert {int(point["Minimum"]) for point in statistics} == {DAYS_LEFT}
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    states = [a["StateValue"] for a in alarms if a.get("MetricName") == "TokenDaysLeft"]
    assert states == ["ALARM"]
    lines = [line for line in _log(client("logs")) if project.name in line]
    assert any(str(DAYS_LEFT) in line for line in lines), lines


def _log(logs: Any) -> list[str]:
    group = f"/aws/lambda/{names.TOKEN_FUNCTION}"
    return [
        event["message"]
        for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]
        for event in logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])[
            "events"
        ]
    ]
