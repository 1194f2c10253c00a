"""What `doctor` finds in an account of the local AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from operations.aws_session import Identity
from operations.bootstrap import LEAST_VERSION
from operations.doctor.bootstrapped import look_at_bootstrap
from operations.doctor.examination import Check, examine
from operations.doctor.identity_provider import AUDIENCE, look_at_provider
from operations.doctor.quotas import look_at_jobs, look_at_keys, look_at_roles
from operations.doctor.studio import look_at_studio
from operations.findings import Finding
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    REGION,
    LocalAws,
    trust,
)
from tests.rehearsed.operations.findings_read import levels, read

WHO = Identity(ACCOUNT, "aws", REGION, f"arn:aws:iam::{ACCOUNT}:root")
ISSUER = "token.actions.githubusercontent.com"


@pytest.fixture
def look(aws: LocalAws) -> Callable[[str], list[Finding]]:
    def look(qualifier: str) -> list[Finding]:
        return list(look_at_bootstrap(aws.client("ssm"), aws.client("iam"), WHO, qualifier))

    return look


def version(aws: LocalAws, qualifier: str, version: int) -> None:
    name = f"/cdk-bootstrap/{qualifier}/version"
    aws.client("ssm").put_parameter(Name=name, Type="String", Value=str(version))


def test_bootstrap_none_is_noted_with_the_command(look: Any) -> None:
    (found,) = look("absent")
    assert found.level == "note"
    assert f"--qualifier absent aws://{ACCOUNT}/{REGION}" in found.sentence


def test_bootstrap_an_old_one_fails(aws: LocalAws, look: Any) -> None:
    version(aws, "old", LEAST_VERSION - 1)
    assert f"needs {LEAST_VERSION}" in read(look("old"), "fails")


def test_bootstrap_half_a_one_fails(aws: LocalAws, look: Any) -> None:
    version(aws, "half", 30)
    aws.role(f"cdk-half-deploy-role-{ACCOUNT}-{REGION}", trust({"AWS": ACCOUNT}))
    said = read(look("half"), "fails")
    assert f"cdk-half-cfn-exec-role-{ACCOUNT}-{REGION} is missing" in said
    assert "deploy-role" not in said


def test_bootstrap_a_whole_one_is_good(aws: LocalAws, look: Any) -> None:
    version(aws, "whole", 30)
    for duty in ("deploy", "file-publishing", "lookup", "cfn-exec"):
        aws.role(f"cdk-whole-{duty}-role-{ACCOUNT}-{REGION}", trust({"AWS": ACCOUNT}))
    assert levels(look("whole")) == ["ok"]


def test_provider_none_is_made_by_the_prerequisites(aws: LocalAws) -> None:
    assert levels(look_at_provider(aws.client("iam"), "nobody.example.com")) == ["ok"]


def test_provider_another_audience_fails_with_the_command(aws: LocalAws) -> None:
    iam = aws.client("iam")
    arn = iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["company"], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    said = read(look_at_provider(iam, ISSUER), "fails")
    assert f"{arn} has not the audience {AUDIENCE} but company" in said
    assert f"--client-id {AUDIENCE}" in said
    # The issuer of an Enterprise Server is another one, however alike.
    assert levels(look_at_provider(iam, f"{ISSUER}/company")) == ["ok"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["company", AUDIENCE], ThumbprintList=["0" * 40]
    )
    assert levels(look_at_provider(iam, ISSUER)) == ["ok"]


@pytest.mark.parametrize(
    ("projects", "has_readers", "level"),
    [(1, False, "ok"), (112, False, "ok"), (126, False, "fails"), (112, True, "fails")],
)
def test_quota_roles(aws: LocalAws, projects: int, level: str, *, has_readers: bool) -> None:
    (found,) = look_at_roles(aws.client("iam"), projects, has_readers=has_readers)
    assert found.level == level
    assert level == "ok" or f"plan at most 1{'0' if has_readers else '2'}" in found.sentence


def test_quota_keys(small_aws: LocalAws) -> None:
    kms, quotas = small_aws.client("kms"), small_aws.client("service-quotas")
    assert levels(look_at_keys(kms, quotas, 3)) == ["ok"]
    assert "of 3 keys" in read(look_at_keys(kms, quotas, 4), "fails")


def test_quota_keys_of_projects_that_share_one(small_aws: LocalAws) -> None:
    kms, quotas = small_aws.client("kms"), small_aws.client("service-quotas")
    for key in ("shared", "arn:aws:kms:eu-west-1:111122223333:key/1"):
        assert levels(look_at_keys(kms, quotas, 400, key)) == ["ok"]


def test_quota_an_account_in_good_standing(aws: LocalAws) -> None:
    assert levels(look_at_jobs(aws.client("service-quotas"), 10)) == ["ok"] * 3


def test_quota_a_new_account(small_aws: LocalAws) -> None:
    client = small_aws.client("service-quotas")
    found = list(look_at_jobs(client, 2))
    assert '"ml.m5.large for training job usage" is 0, and a build' in read(found, "fails")
    assert '"ml.m5.large for endpoint usage" is 0' in read(found, "note")
    assert "serverless" in read(found, "ok")
    assert "for 2 projects as they are shipped, and not for 3" in read(
        look_at_jobs(client, 3), "fails"
    )


def test_what_may_not_be_read_is_noted_with_the_right_that_is_missing(aws: LocalAws) -> None:
    keys = aws.user("reads-nothing")
    iam, ssm, sagemaker, kms, quotas = (
        aws.client(name, keys) for name in ("iam", "ssm", "sagemaker", "kms", "service-quotas")
    )
    looks = {
        "ssm:GetParameter": ("ssm", lambda: look_at_bootstrap(ssm, iam, WHO, "hnb659fds")),
        "sagemaker:ListDomains": ("sagemaker", lambda: look_at_studio(sagemaker, ssm)),
        "iam:ListOpenIDConnectProviders": ("iam", lambda: look_at_provider(iam, ISSUER)),
        "iam:GetAccountSummary": ("iam", lambda: look_at_roles(iam, 1)),
        "kms:ListKeys": ("kms", lambda: look_at_keys(kms, quotas, 1)),
        "servicequotas:ListServiceQuotas": ("servicequotas", lambda: look_at_jobs(quotas, 1)),
    }
    for right, (service, look) in looks.items():
        (found,) = examine(Check("it", service, look))
        assert found.level == "note"
        assert f"because the right {right} is missing" in found.sentence


def test_keys_that_are_not_good_fail(aws: LocalAws) -> None:
    iam = aws.client("iam", ("AKIAABSENT0000000000", "secret", None))
    (found,) = examine(Check("roles", "iam", lambda: look_at_roles(iam, 1)))
    assert found.level == "fails"
