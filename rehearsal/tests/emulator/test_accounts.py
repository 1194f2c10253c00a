"""Several accounts in one server: apart from each other, and open only where both sides say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator import issuer as issuers
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    ROOT_SECRET,
    LocalAws,
    allow,
    policy,
    session_keys,
    trust,
    wait_for,
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


@pytest.fixture(scope="module")
def other(aws: LocalAws) -> LocalAws:
    return aws.of_account(OTHER_ACCOUNT)


def _refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value)


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


def test_what_has_no_policy_of_its_own_is_closed_to_other_accounts(
    aws: LocalAws, other: LocalAws
) -> None:
    aws.client("ssm").put_parameter(Name="/closed", Value="1", Type="String")
    arn = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/closed"
    for keys in (None, other.user("reads-all", allow("*"))):
        with pytest.raises(ClientError):
            other.client("ssm", keys).get_parameter(Name=arn)
    assert aws.stack("closed", {"T": {"Type": "AWS::SNS::Topic"}})["StackId"]
    stack = aws.client("cloudformation").describe_stacks(StackName="closed")["Stacks"][0]
    refusal = _refusal(other.client("cloudformation").describe_stacks, StackName=stack["StackId"])
    assert "no resource-based policy allows the cloudformation:DescribeStacks action" in refusal


def test_an_account_that_was_not_named_does_not_exist(aws: LocalAws) -> None:
    keys = ("999999999999", ROOT_SECRET, None)
    refusal = _refusal(aws.client("sts", keys).get_caller_identity)
    assert "InvalidClientTokenId" in refusal


def test_the_root_user_of_each_account_has_a_checked_signature(
    aws: LocalAws, other: LocalAws
) -> None:
    wrong = (OTHER_ACCOUNT, "guessed", None)
    assert "SignatureDoesNotMatch" in _refusal(aws.client("sts", wrong).get_caller_identity)
    identity = other.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{OTHER_ACCOUNT}:root"


def test_a_role_is_assumed_across_accounts_when_both_sides_say_so(
    aws: LocalAws, other: LocalAws
) -> None:
    trusting = aws.role("trusts-other", trust({"AWS": OTHER_ACCOUNT}), allow("ssm:*"))
    closed = aws.role("trusts-own", trust({"AWS": ACCOUNT}), allow("ssm:*"))
    allowed = other.user("may-assume", allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*"))
    silent = other.user("may-nothing")

    identity = aws.client("sts", aws.assume(trusting, allowed)).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/trusts-other/test"
    assert "AccessDenied" in _refusal(aws.assume, role_arn=closed, keys=allowed)
    assert "AccessDenied" in _refusal(aws.assume, role_arn=trusting, keys=silent)


def test_a_session_works_in_the_account_of_its_role(aws: LocalAws, other: LocalAws) -> None:
    role = other.role("parameters", trust({"AWS": ACCOUNT}), allow("ssm:*"))
    keys = aws.assume(role, aws.user("crosses", allow("sts:AssumeRole", role)))
    aws.client("ssm", keys).put_parameter(Name="/by-session", Value="1", Type="String")
    assert other.client("ssm").get_parameter(Name="/by-session")["Parameter"]["Value"] == "1"
    assert "ParameterNotFound" in _refusal(aws.client("ssm").get_parameter, Name="/by-session")


@pytest.fixture(scope="module")
def issuer(other: LocalAws) -> Iterator[issuers.Issuer]:
    with issuers.serve() as issuer:
        other.client("iam").create_open_id_connect_provider(
            Url=issuer.url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
        )
        yield issuer


def _web_role(account: LocalAws, number: str, issuer: issuers.Issuer, **more: Any) -> str:
    provider = f"arn:aws:iam::{number}:oidc-provider/{issuer.host}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{issuer.host}:sub": "repo:o@1/r@2:ref:refs/heads/main"}},
    }
    role = account.client("iam").create_role(
        RoleName="by-token-elsewhere", AssumeRolePolicyDocument=policy(statement), **more
    )
    return str(role["Role"]["Arn"])


def test_a_token_opens_a_role_of_the_account_that_registered_its_issuer(
    aws: LocalAws, other: LocalAws, issuer: issuers.Issuer
) -> None:
    there = _web_role(other, OTHER_ACCOUNT, issuer, MaxSessionDuration=7200)
    here = _web_role(aws, ACCOUNT, issuer)
    assume = aws.client("sts").assume_role_with_web_identity
    asked = {"RoleSessionName": "run", "WebIdentityToken": issuer.token(), "DurationSeconds": 7200}

    keys = session_keys(assume(RoleArn=there, **asked)["Credentials"])
    identity = aws.client("sts", keys).get_caller_identity()
    assert identity["Account"] == OTHER_ACCOUNT
    asked["DurationSeconds"] = 3600
    assert "No OpenIDConnect provider found" in _refusal(assume, RoleArn=here, **asked)
    stranger = issuer.token(sub="repo:o@1/r@2:ref:refs/heads/other")
    asked["WebIdentityToken"] = stranger
    assert "AccessDenied" in _refusal(assume, RoleArn=there, **asked)


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


def test_a_stack_has_no_role_of_another_account(aws: LocalAws, other: LocalAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    foreign = aws.role("stacks-of-first", trust(service), allow("*"))
    with pytest.raises(ClientError, match="iam:PassRole"):
        other.stack("foreign-role", {"T": {"Type": "AWS::SNS::Topic"}}, RoleARN=foreign)


def test_the_permissions_of_a_stack_are_those_of_a_role_in_its_account(other: LocalAws) -> None:
    service = {"Service": "cloudformation.amazonaws.com"}
    role = other.role("only-parameters", trust(service), allow("ssm:*"))
    parameter = {"Type": "String", "Value": "1", "Name": "/of-narrow-stack"}
    resources = {
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": parameter},
        "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": "Parameter"},
    }
    stack = other.stack("narrow", resources, RoleARN=role)
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    denied = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/only-parameters/AWSCloudFormation"
    assert denied in other.failures("narrow")["Topic"]


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


def test_service_catalog_is_that_of_the_first_account(other: LocalAws) -> None:
    refusal = _refusal(other.client("servicecatalog").list_portfolios)
    assert f"in account {ACCOUNT} only" in refusal
    properties = {"DisplayName": "d", "ProviderName": "p"}
    portfolio = {"P": {"Type": "AWS::ServiceCatalog::Portfolio", "Properties": properties}}
    assert other.stack("portfolio", portfolio)["StackStatus"] == "ROLLBACK_COMPLETE"


def test_each_question_is_written_down_with_the_account_of_who_asks(
    aws: LocalAws, other: LocalAws
) -> None:
    keys = other.user("is-written-down", allow("ssm:GetParameter"))
    with pytest.raises(ClientError):
        other.client("ssm", keys).get_parameter(Name="/nowhere")
    lines = (aws.state_dir / "authorizations.jsonl").read_text().splitlines()
    asked = [
        entry for entry in map(json.loads, lines) if entry["principal"] == "user/is-written-down"
    ]
    assert [(entry["account"], entry["allowed"]) for entry in asked] == [(OTHER_ACCOUNT, True)]


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
