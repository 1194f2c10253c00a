"""What the shared functions use beyond their work: a table, parameters by path, metrics, alarms."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.functions import function, role
from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust, wait_for

_ARN = "arn:aws:{}:eu-west-1:111122223333:{}"
_CALLER = """
import boto3, json
def handle(event, context):
    try:
        answer = getattr(boto3.client(event["service"]), event["call"])(**event["arguments"])
        answer.pop("ResponseMetadata")
        return {"answer": json.loads(json.dumps(answer, default=str))}
    except Exception as error:
        return {"error": str(error)}
"""
_ITEM = {"ModelPackageArn": {"S": "arn:x"}, "State": {"S": "starting"}, "ClaimedAt": {"N": "100"}}
_KEY = {"ModelPackageArn": {"S": "arn:x"}}
_ABSENT = "attribute_not_exists(ModelPackageArn)"


@pytest.fixture(scope="module")
def call(aws: LocalAws) -> Any:
    """Calls AWS inside a function whose role may do what the template's functions may."""
    namespace = {"StringEquals": {"cloudwatch:namespace": "Ours"}}
    items = [f"dynamodb:{verb}Item" for verb in ("Delete", "Get", "Put", "Update")]
    parameters = _ARN.format("ssm", "parameter/ours")
    stacks = ["cloudformation:DeleteStack", "cloudformation:DescribeStacks"]
    statements = [
        allow(stacks, _ARN.format("cloudformation", "stack/mlops-p-*-dev/*")),
        allow(items, _ARN.format("dynamodb", "table/claims")),
        {**allow("ssm:GetParametersByPath"), "Resource": [parameters, f"{parameters}/*"]},
        {**allow("cloudwatch:PutMetricData"), "Condition": namespace},
    ]
    table = {
        "TableName": "claims",
        "AttributeDefinitions": [{"AttributeName": "ModelPackageArn", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "ModelPackageArn", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": True},
    }
    resources = {
        "Role": role(*statements),
        "Function": function(_CALLER, FunctionName="caller"),
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
    }
    assert aws.stack("caller", resources)["StackStatus"] == "CREATE_COMPLETE"

    def call(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        request = json.dumps({"service": service, "call": operation, "arguments": arguments})
        answer = aws.client("lambda").invoke(FunctionName="caller", Payload=request)
        result: dict[str, Any] = json.loads(answer["Payload"].read())
        return result

    return call


def test_a_role_reaches_the_items_whose_keys_it_may_name(aws: LocalAws, call: Any) -> None:
    own, foreign = ({"ModelPackageArn": {"S": f"arn:{name}/1"}} for name in ("own", "foreign"))
    for key in (own, foreign):
        call("dynamodb", "put_item", TableName="claims", Item=key)
    named = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "arn:own/*"}}
    reader = aws.user("reader", {**allow("dynamodb:GetItem"), "Condition": named})
    dynamodb = aws.client("dynamodb", reader)
    for table in ("claims", _ARN.format("dynamodb", "table/claims")):
        assert dynamodb.get_item(TableName=table, Key=own)["Item"] == own
        with pytest.raises(ClientError, match="not authorized to perform: dynamodb:GetItem"):
            dynamodb.get_item(TableName=table, Key=foreign)


def test_a_claim_is_made_once(call: Any) -> None:
    put = {"TableName": "claims", "Item": _ITEM, "ConditionExpression": _ABSENT}
    assert call("dynamodb", "put_item", **put) == {"answer": {}}
    assert "ConditionalCheckFailedException" in call("dynamodb", "put_item", **put)["error"]
    key = {"TableName": "claims", "Key": _KEY}
    assert call("dynamodb", "get_item", **key, ConsistentRead=True)["answer"]["Item"] == _ITEM
    take_over = {
        **key,
        "UpdateExpression": "SET ClaimedAt = :now",
        "ConditionExpression": "ClaimedAt = :was",
    }
    old = {":was": {"N": "100"}, ":now": {"N": "200"}}
    assert "answer" in call("dynamodb", "update_item", **take_over, ExpressionAttributeValues=old)
    again = call("dynamodb", "update_item", **take_over, ExpressionAttributeValues=old)
    assert "ConditionalCheckFailedException" in again["error"]
    assert "answer" in call("dynamodb", "delete_item", **key)
    assert "Item" not in call("dynamodb", "get_item", **key)["answer"]


def test_a_table_has_the_settings_of_its_template(aws: LocalAws, call: Any) -> None:
    assert "answer" in call("dynamodb", "get_item", TableName="claims", Key=_KEY)
    recovery = aws.client("dynamodb").describe_continuous_backups(TableName="claims")
    status = recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert status["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = aws.client("dynamodb").describe_time_to_live(TableName="claims")
    assert ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "ExpiresAt",
    }


def test_the_role_decides_on_tables(call: Any) -> None:
    denied = call("dynamodb", "put_item", TableName="others", Item=_ITEM)["error"]
    assert "not authorized to perform: dynamodb:PutItem" in denied
    assert "not authorized" in call("dynamodb", "scan", TableName="claims")["error"]


@pytest.mark.parametrize("path", ["/ours", "/ours/"])
def test_parameters_are_read_below_the_permitted_path_alone(
    aws: LocalAws, call: Any, path: str
) -> None:
    aws.client("ssm").put_parameter(Name="/ours/a", Value="1", Type="String", Overwrite=True)
    found = call("ssm", "get_parameters_by_path", Path=path)["answer"]["Parameters"]
    assert [parameter["Name"] for parameter in found] == ["/ours/a"]
    for other in ("/", "/theirs/", "/oursisnot/"):
        denied = call("ssm", "get_parameters_by_path", Path=other)["error"]
        assert "not authorized to perform: ssm:GetParametersByPath" in denied


def test_metrics_are_put_into_the_permitted_namespace_alone(aws: LocalAws, call: Any) -> None:
    datum = {"MetricName": "Days", "Value": 3.0}
    put = {"MetricData": [datum]}
    assert call("cloudwatch", "put_metric_data", Namespace="Ours", **put) == {"answer": {}}
    denied = call("cloudwatch", "put_metric_data", Namespace="Theirs", **put)["error"]
    assert "not authorized to perform: cloudwatch:PutMetricData" in denied
    metrics = aws.client("cloudwatch").list_metrics(Namespace="Ours")["Metrics"]
    assert [metric["MetricName"] for metric in metrics] == ["Days"]


def test_stacks_are_deleted_by_name_and_followed_by_id(aws: LocalAws, call: Any) -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    name = "mlops-p-0123456789ab-dev"
    cloudformation = trust({"Service": "cloudformation.amazonaws.com"})
    maker = aws.role("topic-maker", cloudformation, allow("sns:*"))
    for stack in (name, "mlops-other-dev"):
        aws.stack(stack, topic, RoleARN=maker)
    stack_id = call("cloudformation", "describe_stacks", StackName=name)["answer"]["Stacks"][0][
        "StackId"
    ]
    assert call("cloudformation", "delete_stack", StackName=name) == {"answer": {}}
    aws.settled(stack_id)
    found = call("cloudformation", "describe_stacks", StackName=stack_id)["answer"]["Stacks"]
    assert found[0]["StackStatus"] == "DELETE_COMPLETE"
    assert "does not exist" in call("cloudformation", "describe_stacks", StackName=name)["error"]
    denied = call("cloudformation", "delete_stack", StackName="mlops-other-dev")["error"]
    assert "not authorized to perform: cloudformation:DeleteStack" in denied


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


def test_a_failed_asynchronous_invocation_counts_as_an_error(aws: LocalAws) -> None:
    code = "def handle(event, context):\n    raise RuntimeError()\n"
    resources = {"Role": role(), "Function": function(code, FunctionName="always-fails")}
    aws.stack("always-fails", resources)
    dimensions = [{"Name": "FunctionName", "Value": "always-fails"}]
    _alarm(
        aws,
        "fails",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Dimensions=dimensions,
    )
    assert _state(aws, "fails") == "OK"
    aws.client("lambda").invoke(FunctionName="always-fails", InvocationType="Event")
    wait_for(lambda: _state(aws, "fails") == "ALARM", what="the alarm")
    deadline = time.time() + 10
    while _errors(aws, dimensions) < 3 and time.time() < deadline:
        time.sleep(0.1)
    assert _errors(aws, dimensions) == 3


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
