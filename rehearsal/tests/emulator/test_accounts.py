"""Several accounts in one server: apart from each other, and open only where both sides say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    refusal,
    trust,
)

_ALARM = {
    "MetricName": "m",
    "Namespace": "n",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanThreshold",
}
_TRUST = policy(trust({"Service": "lambda.amazonaws.com"}))
# Service, call that makes something of a name, call that lists, and where the ARN stands.
_SERVICES = [
    ("iam", "create_role", {"RoleName": "twin", "AssumeRolePolicyDocument": _TRUST}, "list_roles"),
    (
        "ssm",
        "put_parameter",
        {"Name": "twin", "Value": "1", "Type": "String"},
        "describe_parameters",
    ),
    ("secretsmanager", "create_secret", {"Name": "twin", "SecretString": "1"}, "list_secrets"),
    ("sqs", "create_queue", {"QueueName": "twin"}, "list_queues"),
    ("sns", "create_topic", {"Name": "twin"}, "list_topics"),
    ("logs", "create_log_group", {"logGroupName": "twin"}, "describe_log_groups"),
    ("events", "create_event_bus", {"Name": "twin"}, "list_event_buses"),
    ("cloudwatch", "put_metric_alarm", {"AlarmName": "twin", **_ALARM}, "describe_alarms"),
    ("kms", "create_key", {}, "list_keys"),
]


@pytest.mark.parametrize(
    ("service", "make", "named", "show"), _SERVICES, ids=[entry[0] for entry in _SERVICES]
)
def test_the_same_name_is_free_in_each_account_and_lists_show_the_own(
    aws: LocalAws, other: LocalAws, service: str, make: str, named: dict[str, Any], show: str
) -> None:
    for account in (aws, other):
        getattr(account.client(service), make)(**named)
    for account, own, foreign in ((aws, ACCOUNT, OTHER_ACCOUNT), (other, OTHER_ACCOUNT, ACCOUNT)):
        answer = getattr(account.client(service), show)()
        del answer["ResponseMetadata"]
        for role in answer.get("Roles", ()):
            del role["AssumeRolePolicyDocument"]  # roles of other tests may trust that account
        shown = json.dumps(answer, default=str)
        # Parameters and policies carry no ARN of their account here.
        assert own in shown or service == "ssm"
        assert foreign not in shown


def test_parameters_of_two_accounts_have_their_own_values(aws: LocalAws, other: LocalAws) -> None:
    for account, value in ((aws, "first"), (other, "second")):
        account.client("ssm").put_parameter(Name="/two/values", Value=value, Type="String")
    for account, value in ((aws, "first"), (other, "second")):
        found = account.client("ssm").get_parameter(Name="/two/values")["Parameter"]
        assert found["Value"] == value


def test_a_session_works_in_the_account_of_its_role(aws: LocalAws, other: LocalAws) -> None:
    role = other.role("parameters", trust({"AWS": ACCOUNT}), allow("ssm:*"))
    keys = aws.assume(role, aws.user("crosses", allow("sts:AssumeRole", role)))
    aws.client("ssm", keys).put_parameter(Name="/by-session", Value="1", Type="String")
    assert other.client("ssm").get_parameter(Name="/by-session")["Parameter"]["Value"] == "1"
    assert "ParameterNotFound" in refusal(aws.client("ssm").get_parameter, Name="/by-session")


def test_a_stack_works_in_the_account_of_its_caller(aws: LocalAws, other: LocalAws) -> None:
    properties = {"RoleName": "of-both-stacks", "AssumeRolePolicyDocument": json.loads(_TRUST)}
    role = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}
    for account, number in ((aws, ACCOUNT), (other, OTHER_ACCOUNT)):
        stack = account.stack("of-both", role)
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        assert f":{number}:" in stack["StackId"]
        found = account.client("iam").get_role(RoleName="of-both-stacks")["Role"]
        assert found["Arn"] == f"arn:aws:iam::{number}:role/of-both-stacks"
    assert aws.delete_stack("of-both") == "DELETE_COMPLETE"
    assert other.client("iam").get_role(RoleName="of-both-stacks")["Role"]


def test_service_catalog_is_that_of_the_first_account(other: LocalAws) -> None:
    said = refusal(other.client("servicecatalog").list_portfolios)
    assert f"in account {ACCOUNT} only" in said
    properties = {"DisplayName": "d", "ProviderName": "p"}
    portfolio = {"P": {"Type": "AWS::ServiceCatalog::Portfolio", "Properties": properties}}
    assert other.stack("portfolio", portfolio)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_a_restart_keeps_the_state_of_every_account(tmp_path: Path) -> None:
    server = LocalAws(tmp_path / "state").start()
    other = server.of_account(OTHER_ACCOUNT)
    for account, value in ((server, "first"), (other, "second")):
        account.client("ssm").put_parameter(Name="/kept", Value=value, Type="String")
        account.stack("kept", {"T": {"Type": "AWS::SNS::Topic"}})
        s3 = account.client("s3")
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket=f"kept-{value}", CreateBucketConfiguration=place)
        s3.put_object(Bucket=f"kept-{value}", Key="a", Body=value.encode())
    role = other.role("kept", trust({"AWS": OTHER_ACCOUNT}), allow("s3:*"))
    session = other.assume(role, other.user("ann", allow("sts:AssumeRole")))
    assert server.stop() == 0

    again = LocalAws(tmp_path / "state", server.port).start()
    other = again.of_account(OTHER_ACCOUNT)
    for account, value in ((again, "first"), (other, "second")):
        found = account.client("ssm").get_parameter(Name="/kept")["Parameter"]["Value"]
        stacks = account.client("cloudformation").describe_stacks()["Stacks"]
        names = [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]]
        assert (found, len(stacks), names) == (value, 1, [f"kept-{value}"])
    body = other.client("s3", session).get_object(Bucket="kept-second", Key="a")["Body"]
    assert body.read() == b"second"
    assert again.stop() == 0
