"""What alarms look at, and whom they tell."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.tests.emulator.local_aws import (
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    refusal,
    wait_for,
)

_ARN = "arn:aws:{}:eu-west-1:111122223333:{}"


def _alarm(aws: LocalAws, name: str, **changed: Any) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        EvaluationPeriods=1,
        Period=300,
        Threshold=1,
        TreatMissingData="notBreaching",
        **{
            "Statistic": "Maximum",
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            **changed,
        },
    )


def _state(aws: LocalAws, name: str) -> str:
    alarms = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarms[0]["StateValue"])


def test_an_alarm_looks_at_its_own_dimensions(aws: LocalAws) -> None:
    of_queue = {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible"}
    sqs = aws.client("sqs")
    for queue in ("watched", "ignored"):
        sqs.create_queue(QueueName=queue)
        dimensions = [{"Name": "QueueName", "Value": queue}]
        _alarm(aws, f"{queue}-depth", **of_queue, Dimensions=dimensions)
    url = sqs.get_queue_url(QueueName="watched")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="an event")
    assert _state(aws, "watched-depth") == "ALARM"
    assert _state(aws, "ignored-depth") == "OK"


def test_an_alarm_tells_its_topic_without_being_asked(aws: LocalAws) -> None:
    sns, sqs, cloudwatch = (aws.client(name) for name in ("sns", "sqs", "cloudwatch"))
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    arn = _ARN.format("sqs", "told")
    statement = {**allow("sqs:SendMessage", arn), "Principal": {"Service": "sns.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    url = sqs.create_queue(QueueName="told", Attributes={"Policy": policy})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    days = {"Namespace": "Days", "MetricName": "TokenDaysLeft"}
    _alarm(
        aws,
        "expiry",
        **days,
        Statistic="Minimum",
        ComparisonOperator="LessThanThreshold",
        AlarmActions=[topic],
    )
    cloudwatch.put_metric_data(
        Namespace="Days", MetricData=[{"MetricName": "TokenDaysLeft", "Value": 0.0}]
    )
    message = wait_for(lambda: sqs.receive_message(QueueUrl=url).get("Messages"), what="the alarm")[
        0
    ]
    assert "expiry" in message["Body"]


_ALARM = {
    "MetricName": "m",
    "Namespace": "n",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}


def test_alarms_of_every_account_are_looked_at(other: LocalAws) -> None:
    sns, sqs = other.client("sns"), other.client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = f"arn:aws:sqs:eu-west-1:{OTHER_ACCOUNT}:alarms"
    deliver = {**allow("sqs:SendMessage", arn), "Principal": {"Service": "sns.amazonaws.com"}}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(deliver)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    silent = {**_ALARM, "TreatMissingData": "breaching", "AlarmActions": [topic]}
    other.client("cloudwatch").put_metric_alarm(AlarmName="silence", **silent)
    # Nobody puts a metric or describes the alarm: the server itself finds the data missing.
    message = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), what="the alarm"
    )[0]
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert notification["AlarmName"] == "silence"
    assert notification["AWSAccountId"] == OTHER_ACCOUNT


def test_metric_math_is_refused(aws: LocalAws) -> None:
    stat = {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}
    said = refusal(
        aws.client("cloudwatch").put_metric_alarm,
        AlarmName="of-math",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=1,
        Metrics=[{"Id": "m", "MetricStat": stat}],
    )
    assert "give MetricName" in said
