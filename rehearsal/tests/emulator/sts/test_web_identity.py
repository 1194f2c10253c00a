"""AssumeRoleWithWebIdentity accepts what AWS accepts, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from rehearsal.tests.emulator import issuer as issuers
from rehearsal.tests.emulator.issuer import Issuer
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    policy,
    refusal,
    session_keys,
)

_SUB = "repo:o@1/r@2:ref:refs/heads/main"


@pytest.fixture(scope="module")
def issuer(aws: LocalAws) -> Iterator[Issuer]:
    with issuers.serve() as issuer:
        properties = {"Url": issuer.url, "ClientIdList": ["sts.amazonaws.com"]}
        resources = {"Provider": {"Type": "AWS::IAM::OIDCProvider", "Properties": properties}}
        assert aws.stack("oidc", resources)["StackStatus"] == "CREATE_COMPLETE"
        yield issuer
        assert aws.delete_stack("oidc") == "DELETE_COMPLETE"


@pytest.fixture(scope="module")
def role(aws: LocalAws, issuer: Issuer) -> str:
    conditions = {
        "StringEquals": {
            f"{issuer.host}:aud": "sts.amazonaws.com",
            f"{issuer.host}:repository_id": "2",
        },
        "StringLike": {f"{issuer.host}:sub": ["repo:o@1/r@2:environment:*", _SUB]},
    }
    return _role(aws, issuer, "by-token", conditions)


def test_a_valid_token_gives_the_role(aws: LocalAws, issuer: Issuer, role: str) -> None:
    answer = _assume(aws, role, issuer.token(repository_id="2"))
    assert answer["SubjectFromWebIdentityToken"] == _SUB
    identity = aws.client("sts", session_keys(answer["Credentials"])).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/by-token/run"


def test_a_list_of_subjects_admits_each(aws: LocalAws, issuer: Issuer, role: str) -> None:
    token = issuer.token(repository_id="2", sub="repo:o@1/r@2:environment:dev")
    assert _assume(aws, role, token)["Credentials"]


@pytest.mark.parametrize(
    "claims",
    [
        {"repository_id": "3"},
        {},
        {"repository_id": "2", "sub": "repo:o@1/r@2:ref:refs/heads/other"},
        {"repository_id": "2", "sub": "repo:o/r:ref:refs/heads/main"},
    ],
    ids=["other repository", "no repository", "other branch", "old form of the subject"],
)
def test_the_trust_policy_decides(
    aws: LocalAws, issuer: Issuer, role: str, claims: dict[str, Any]
) -> None:
    assert _refusal(aws, role, issuer.token(**claims)) == "AccessDenied"


def test_a_claim_that_sts_does_not_offer_is_no_condition_key(aws: LocalAws, issuer: Issuer) -> None:
    conditions = {"StringEquals": {f"{issuer.host}:color": "red"}}
    role = _role(aws, issuer, "by-color", conditions)
    assert _refusal(aws, role, issuer.token(color="red")) == "AccessDenied"


def test_a_foreign_signature_is_refused(aws: LocalAws, issuer: Issuer, role: str) -> None:
    token = issuer.token(issuers.new_key(), repository_id="2")
    assert _refusal(aws, role, token) == "InvalidIdentityToken"


def test_an_unregistered_audience_is_refused(aws: LocalAws, issuer: Issuer, role: str) -> None:
    token = issuer.token(repository_id="2", aud="somebody.else")
    assert _refusal(aws, role, token) == "InvalidIdentityToken"


def test_an_expired_token_is_refused(aws: LocalAws, issuer: Issuer, role: str) -> None:
    token = issuer.token(repository_id="2", exp=int(time.time()) - 5)
    assert _refusal(aws, role, token) == "ExpiredTokenException"


def test_an_unregistered_issuer_is_refused(aws: LocalAws, role: str) -> None:
    with issuers.serve() as other:
        assert _refusal(aws, role, other.token(repository_id="2")) == "InvalidIdentityToken"


def test_something_else_than_a_token_is_refused(aws: LocalAws, role: str) -> None:
    assert _refusal(aws, role, "not.a.token") == "InvalidIdentityToken"


def test_a_token_in_a_request_in_json_is_verified_too(aws: LocalAws, role: str) -> None:
    answer = requests.post(
        aws.url,
        json={"RoleArn": role, "RoleSessionName": "run", "WebIdentityToken": "not.a.token"},
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSSecurityTokenServiceV20110615.AssumeRoleWithWebIdentity",
        },
        timeout=10,
    )
    assert answer.status_code == 400
    assert "InvalidIdentityToken" in answer.text


def test_a_token_does_not_open_a_role_for_people(aws: LocalAws, issuer: Issuer) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = aws.role("for-people", trust)
    assert _refusal(aws, role, issuer.token(repository_id="2")) == "AccessDenied"


def _role(aws: LocalAws, issuer: Issuer, name: str, conditions: dict[str, Any]) -> str:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.host}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }
    return aws.role(name, trust, allow("s3:*"))


def _assume(aws: LocalAws, role: str, token: str) -> Any:
    return aws.client("sts").assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="run", WebIdentityToken=token
    )


def _refusal(aws: LocalAws, role: str, token: str) -> str:
    with pytest.raises(ClientError) as refused:
        _assume(aws, role, token)
    return str(refused.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def issuer_elsewhere(other: LocalAws) -> Iterator[Issuer]:
    with issuers.serve() as issuer:
        other.client("iam").create_open_id_connect_provider(
            Url=issuer.url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
        )
        yield issuer


def _web_role(account: LocalAws, number: str, issuer: Issuer, **more: Any) -> str:
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
    aws: LocalAws, other: LocalAws, issuer_elsewhere: Issuer
) -> None:
    issuer = issuer_elsewhere
    there = _web_role(other, OTHER_ACCOUNT, issuer, MaxSessionDuration=7200)
    here = _web_role(aws, ACCOUNT, issuer)
    assume = aws.client("sts").assume_role_with_web_identity
    asked = {"RoleSessionName": "run", "WebIdentityToken": issuer.token(), "DurationSeconds": 7200}

    keys = session_keys(assume(RoleArn=there, **asked)["Credentials"])
    identity = aws.client("sts", keys).get_caller_identity()
    assert identity["Account"] == OTHER_ACCOUNT
    asked["DurationSeconds"] = 3600
    assert "No OpenIDConnect provider found" in refusal(assume, RoleArn=here, **asked)
    stranger = issuer.token(sub="repo:o@1/r@2:ref:refs/heads/other")
    asked["WebIdentityToken"] = stranger
    assert "AccessDenied" in refusal(assume, RoleArn=there, **asked)
