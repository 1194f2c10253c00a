"""Events that wait for concurrency, and tries that count."""

from __future__ import annotations

import json
import time

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow, wait_for


def test_a_failed_asynchronous_invocation_counts_as_an_error(aws: LocalAws) -> None:
    code = "def handle(event, context):\n    raise RuntimeError()\n"
    resources = {"Role": role(), "Function": function(code, FunctionName="always-fails")}
    aws.stack("always-fails", resources)
    dimensions = [{"Name": "FunctionName", "Value": "always-fails"}]
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="fails",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=dimensions,
        Statistic="Sum",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=1,
        Period=300,
        EvaluationPeriods=1,
        TreatMissingData="notBreaching",
    )

    def state() -> str:
        return str(
            cloudwatch.describe_alarms(AlarmNames=["fails"])["MetricAlarms"][0]["StateValue"]
        )

    assert (state(), _errors(aws, dimensions)) == ("OK", 0)
    aws.client("lambda").invoke(FunctionName="always-fails", InvocationType="Event")
    wait_for(lambda: _errors(aws, dimensions) == 3, what="three errors")
    assert state() == "ALARM"


def _errors(aws: LocalAws, dimensions: list[dict[str, str]]) -> float:
    answer = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=dimensions,
        StartTime=time.time() - 300,
        EndTime=time.time() + 60,
        Period=600,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])


def test_a_throttled_event_waits_for_its_turn(aws: LocalAws) -> None:
    code = (
        "import boto3, time\nssm = boto3.client('ssm')\ndef handle(event, context):\n"
        "    time.sleep(0.4)\n"
        "    ssm.put_parameter(Name='/turns/' + event['n'], Value='x', Type='String')\n"
    )
    resources = {
        "Role": role(allow("ssm:PutParameter")),
        "Function": function(code, FunctionName="one-at-a-time", ReservedConcurrentExecutions=1),
    }
    aws.stack("one-at-a-time", resources)
    for number in range(6):
        aws.client("lambda").invoke(
            FunctionName="one-at-a-time",
            InvocationType="Event",
            Payload=json.dumps({"n": str(number)}),
        )
    ssm = aws.client("ssm")
    wait_for(
        lambda: len(ssm.get_parameters_by_path(Path="/turns")["Parameters"]) == 6,
        what="all six turns",
    )
