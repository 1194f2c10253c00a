"""Buckets, keys, secrets and event buses that an account shares with another one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    trust,
    wait_for,
)

_BUCKET = "shared-with-another"
_OBJECTS = f"arn:aws:s3:::{_BUCKET}/*"
_PLACE = {"LocationConstraint": "eu-west-1"}
_BUS = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default"
_OWN_ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
_UNSHARED = "because no resource-based policy allows the {} action"
Keys = tuple[str | None, ...]


@pytest.fixture(scope="module")
def other(aws: LocalAws) -> LocalAws:
    return aws.of_account(OTHER_ACCOUNT)


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> str:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration=_PLACE)
    s3.put_object(Bucket=_BUCKET, Key="there", Body=b"content")
    return _BUCKET


def _to(principal: Any, actions: str | list[str], resource: str, **more: Any) -> dict[str, Any]:
    """A statement of a resource's policy."""
    return {**allow(actions, resource), "Principal": principal, **more}


def _session(account: LocalAws, name: str, *statements: dict[str, Any]) -> tuple[str, Keys]:
    """ARN and keys of a new role of an account."""
    role = account.role(name, trust({"AWS": account.root_keys[0] or ""}), *statements)
    return role, account.assume(role, account.user(f"{name}-user", allow("sts:AssumeRole", role)))


def _share(aws: LocalAws, *statements: dict[str, Any]) -> None:
    aws.client("s3").put_bucket_policy(Bucket=_BUCKET, Policy=policy(*statements))


def _refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value)


def test_an_object_is_read_by_another_account_only_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    reader, may_read = _session(other, "object-reader", allow("s3:*", _OBJECTS))
    _, may_nothing = _session(other, "object-silent")
    s3 = other.client("s3", may_read)
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    assert _UNSHARED.format("s3:GetObject") in _refusal(s3.get_object, Bucket=bucket, Key="there")

    for principal in (reader, f"arn:aws:iam::{OTHER_ACCOUNT}:root", OTHER_ACCOUNT):
        _share(aws, _to({"AWS": principal}, "s3:GetObject", _OBJECTS))
        assert s3.get_object(Bucket=bucket, Key="there")["Body"].read() == b"content"
        assert _UNSHARED.format("s3:PutObject") in _refusal(
            s3.put_object, Bucket=bucket, Key="new", Body=b""
        )
    silent = other.client("s3", may_nothing)
    assert "no identity-based policy" in _refusal(silent.get_object, Bucket=bucket, Key="there")
    denied = {**_to({"AWS": reader}, "s3:GetObject", _OBJECTS), "Effect": "Deny"}
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS), denied)
    assert "explicit deny" in _refusal(s3.get_object, Bucket=bucket, Key="there")


def test_a_policy_for_one_role_is_not_for_its_neighbour(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    named, _ = _session(other, "named-role", allow("s3:*"))
    _, neighbour = _session(other, "neighbour-role", allow("s3:*"))
    _share(aws, _to({"AWS": named}, "s3:*", _OBJECTS))
    s3 = other.client("s3", neighbour)
    assert _UNSHARED.format("s3:GetObject") in _refusal(s3.get_object, Bucket=bucket, Key="there")


def test_a_session_is_known_by_the_arn_of_its_role(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    named, keys = _session(other, "role-by-condition", allow("s3:*", _OBJECTS))
    _, neighbour = _session(other, "role-beside-condition", allow("s3:*", _OBJECTS))
    only = {"ArnLike": {"aws:PrincipalArn": named}}
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS, Condition=only))
    s3 = other.client("s3", keys)
    assert s3.get_object(Bucket=bucket, Key="there")["Body"].read() == b"content"
    s3 = other.client("s3", neighbour)
    assert _UNSHARED.format("s3:GetObject") in _refusal(s3.get_object, Bucket=bucket, Key="there")


def test_even_the_root_user_of_another_account_needs_the_owners_yes(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    s3 = other.client("s3")
    assert _UNSHARED.format("s3:GetObject") in _refusal(s3.get_object, Bucket=bucket, Key="there")
    assert "AccessDenied" in _refusal(s3.delete_object, Bucket=bucket, Key="there")
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS))
    assert s3.get_object(Bucket=bucket, Key="there")["Body"].read() == b"content"


def test_a_written_object_is_in_the_owners_bucket(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    _, keys = _session(other, "object-writer", allow("s3:*", _OBJECTS))
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:PutObject", _OBJECTS))
    other.client("s3", keys).put_object(Bucket=bucket, Key="written", Body=b"by another")
    written = aws.client("s3").get_object(Bucket=bucket, Key="written")["Body"].read()
    assert written == b"by another"


def test_a_copy_needs_the_owner_of_the_source_too(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    _, keys = _session(other, "object-copier", allow("s3:*"))
    s3 = other.client("s3", keys)
    s3.create_bucket(Bucket="copies-of-another", CreateBucketConfiguration=_PLACE)
    copy = {"Bucket": "copies-of-another", "Key": "copy", "CopySource": f"{bucket}/there"}
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    assert _UNSHARED.format("s3:GetObject") in _refusal(s3.copy_object, **copy)


def test_the_account_of_a_bucket_is_a_condition(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    own = {"StringEquals": {"aws:ResourceAccount": OTHER_ACCOUNT}}
    _, keys = _session(other, "own-buckets-only", {**allow("s3:*"), "Condition": own})
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS))
    s3 = other.client("s3", keys)
    assert "no identity-based policy" in _refusal(s3.get_object, Bucket=bucket, Key="there")


def test_the_name_of_a_bucket_is_taken_for_all_accounts(other: LocalAws, bucket: str) -> None:
    create = other.client("s3").create_bucket
    refusal = _refusal(create, Bucket=bucket, CreateBucketConfiguration=_PLACE)
    assert "BucketAlreadyExists" in refusal
    resources = {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}}
    assert other.stack("taken-bucket", resources)["StackStatus"] == "ROLLBACK_COMPLETE"


def _encrypt(aws: LocalAws, key: str, name: str) -> None:
    aws.client("s3").put_object(
        Bucket=_BUCKET, Key=name, Body=b"sealed", ServerSideEncryption="aws:kms", SSEKMSKeyId=key
    )


def _key(aws: LocalAws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


def _set_key_policy(aws: LocalAws, key: str, *statements: dict[str, Any]) -> None:
    administration = _to(_OWN_ROOT, "kms:*", "*")
    aws.client("kms").put_key_policy(KeyId=key, Policy=policy(administration, *statements))


def test_an_encrypted_object_needs_the_key_from_both_sides(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    key = _key(aws)
    _encrypt(aws, key, "sealed")
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS))
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    decrypt = {**allow("kms:Decrypt", key), "Condition": via}
    reader, complete = _session(other, "key-user", allow("s3:GetObject"), decrypt)
    _, without = _session(other, "key-less", allow("s3:GetObject"))
    s3 = other.client("s3", complete)

    _set_key_policy(aws, key)
    assert _UNSHARED.format("kms:Decrypt") in _refusal(s3.get_object, Bucket=bucket, Key="sealed")
    elsewhere = {"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}
    _set_key_policy(aws, key, _to({"AWS": reader}, "kms:Decrypt", "*", Condition=elsewhere))
    assert _UNSHARED.format("kms:Decrypt") in _refusal(s3.get_object, Bucket=bucket, Key="sealed")
    here = {"StringEquals": {**via["StringEquals"], "kms:CallerAccount": OTHER_ACCOUNT}}
    _set_key_policy(aws, key, _to({"AWS": OTHER_ACCOUNT}, "kms:Decrypt", "*", Condition=here))
    assert s3.get_object(Bucket=bucket, Key="sealed")["Body"].read() == b"sealed"
    lacking = other.client("s3", without)
    refusal = _refusal(lacking.get_object, Bucket=bucket, Key="sealed")
    assert "no identity-based policy allows the kms:Decrypt action" in refusal
    # The key's policy lets only S3 use it for the other account.
    kms = other.client("kms", complete)
    assert "kms:DescribeKey" in _refusal(kms.describe_key, KeyId=key)


def test_an_object_under_the_key_of_s3_itself_is_for_its_account_alone(
    aws: LocalAws, other: LocalAws, bucket: str
) -> None:
    aws.client("s3").put_object(
        Bucket=bucket, Key="aws-key", Body=b"x", ServerSideEncryption="aws:kms"
    )
    _share(aws, _to({"AWS": OTHER_ACCOUNT}, "s3:GetObject", _OBJECTS))
    s3 = other.client("s3", _session(other, "reads-everything", allow("*"))[1])
    refusal = _refusal(s3.get_object, Bucket=bucket, Key="aws-key")
    assert _UNSHARED.format("kms:Decrypt") in refusal
    assert aws.client("s3").get_object(Bucket=bucket, Key="aws-key")["Body"].read() == b"x"


def test_a_key_is_used_across_accounts_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws
) -> None:
    key = _key(aws)
    user, keys = _session(other, "uses-key", allow(["kms:Encrypt", "kms:Decrypt"], key))
    kms = other.client("kms", keys)
    assert _UNSHARED.format("kms:Encrypt") in _refusal(kms.encrypt, KeyId=key, Plaintext=b"p")
    _set_key_policy(aws, key, _to({"AWS": user}, ["kms:Encrypt", "kms:Decrypt"], "*"))
    sealed = kms.encrypt(KeyId=key, Plaintext=b"p")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"p"
    _set_key_policy(aws, key)
    assert _UNSHARED.format("kms:Decrypt") in _refusal(kms.decrypt, CiphertextBlob=sealed)
    assert aws.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"p"


def test_a_secret_is_read_across_accounts_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws
) -> None:
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name="of-first", SecretString="hidden")["ARN"]
    _, keys = _session(other, "reads-secret", allow("secretsmanager:GetSecretValue"))
    read = other.client("secretsmanager", keys).get_secret_value
    assert _UNSHARED.format("secretsmanager:GetSecretValue") in _refusal(read, SecretId=arn)
    shared = _to({"AWS": OTHER_ACCOUNT}, "secretsmanager:GetSecretValue", "*")
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy(shared))
    assert read(SecretId=arn)["SecretString"] == "hidden"
    silent = other.client("secretsmanager", _session(other, "no-secrets")[1])
    assert "no identity-based policy" in _refusal(silent.get_secret_value, SecretId=arn)


def _event(source: str, bus: str = _BUS) -> dict[str, Any]:
    return {"Source": source, "DetailType": "Report", "Detail": "{}", "EventBusName": bus}


def _bus_policy(account: LocalAws, statement: dict[str, Any]) -> str:
    """Set the policy of the default bus by a stack, as a template does; the stack's name."""
    properties = {"StatementId": "Shared", "Statement": statement}
    resource = {"Type": "AWS::Events::EventBusPolicy", "Properties": properties}
    assert account.stack("bus-policy", {"P": resource})["StackStatus"] == "CREATE_COMPLETE"
    return "bus-policy"


def _received(aws: LocalAws, queue: str) -> dict[str, Any]:
    sqs = aws.client("sqs")
    message = wait_for(
        lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), what="the event"
    )[0]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return dict(json.loads(message["Body"]))


@pytest.fixture(scope="module")
def reports(aws: LocalAws) -> str:
    """A queue of the first account that gets the reports on its default bus."""
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = str(sqs.create_queue(QueueName="reports")["QueueUrl"])
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:reports"
    open_to_rules = _to({"Service": "events.amazonaws.com"}, "sqs:SendMessage", arn)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(open_to_rules)})
    events.put_rule(Name="reports", EventPattern=json.dumps({"detail-type": ["Report"]}))
    events.put_targets(Rule="reports", Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def test_an_event_reaches_another_accounts_bus_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    sender, may_put = _session(other, "reporter", allow("events:PutEvents", _BUS))
    _, silent = _session(other, "no-reporter")
    events = other.client("events", may_put)
    assert _UNSHARED.format("events:PutEvents") in _refusal(
        events.put_events, Entries=[_event("stage")]
    )
    condition = {"StringEquals": {"events:source": "stage"}}
    shared = _to({"AWS": sender}, "events:PutEvents", _BUS, Condition=condition)
    stack = _bus_policy(aws, shared)
    assert events.put_events(Entries=[_event("stage")])["FailedEntryCount"] == 0
    received = _received(aws, reports)
    assert (received["source"], received["account"]) == ("stage", OTHER_ACCOUNT)
    # Each entry is judged by itself: one that the policy leaves out refuses the request.
    both = [_event("stage"), _event("other")]
    assert _UNSHARED.format("events:PutEvents") in _refusal(events.put_events, Entries=both)
    refusal = _refusal(other.client("events", silent).put_events, Entries=[_event("stage")])
    assert "no identity-based policy" in refusal
    assert aws.delete_stack(stack) == "DELETE_COMPLETE"
    assert _UNSHARED.format("events:PutEvents") in _refusal(
        events.put_events, Entries=[_event("stage")]
    )


def test_permission_for_an_account_lets_its_principals_put_events(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    _, keys = _session(other, "account-reporter", allow("events:PutEvents"))
    aws.client("events").put_permission(
        StatementId="Account", Action="events:PutEvents", Principal=OTHER_ACCOUNT
    )
    other.client("events", keys).put_events(Entries=[_event("by-account")])
    assert _received(aws, reports)["source"] == "by-account"
    aws.client("events").remove_permission(StatementId="Account")


def test_events_of_one_bus_do_not_reach_the_bus_of_the_same_name(
    aws: LocalAws, other: LocalAws, reports: str
) -> None:
    other.client("events").put_events(Entries=[_event("elsewhere", "default")])
    aws.client("events").put_events(Entries=[_event("here", "default")])
    received = _received(aws, reports)
    assert (received["source"], received["account"]) == ("here", ACCOUNT)


def test_the_source_of_an_event_is_a_condition_in_the_own_account_too(aws: LocalAws) -> None:
    condition = {"StringEquals": {"events:source": "mine"}}
    statement = {**allow("events:PutEvents"), "Condition": condition}
    _, keys = _session(aws, "one-source", statement)
    events = aws.client("events", keys)
    assert events.put_events(Entries=[_event("mine", "default")])["FailedEntryCount"] == 0
    assert "AccessDenied" in _refusal(events.put_events, Entries=[_event("not-mine", "default")])
