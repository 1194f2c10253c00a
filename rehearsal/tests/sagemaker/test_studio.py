"""Domains of Studio and their user profiles, as who looks for execution roles sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import allow, refusal, trust
from rehearsal.tests.sagemaker.sagemaker_aws import SAGEMAKER, SageMakerAws

Make = Callable[..., str]


@pytest.fixture(scope="module")
def make_domain(aws: SageMakerAws) -> Make:
    """Makes a domain and gives its id."""

    def make(name: str, **settings: Any) -> str:
        answer = aws.sagemaker.create_domain(
            DomainName=name,
            AuthMode="IAM",
            DefaultUserSettings={"ExecutionRole": aws.role_arn, **settings},
        )
        return str(answer["DomainId"])

    return make


def test_a_domain_is_described_as_it_was_made(aws: SageMakerAws, make_domain: Make) -> None:
    id_ = make_domain("science")
    shown = aws.sagemaker.describe_domain(DomainId=id_)
    assert shown["DomainArn"] == f"arn:aws:sagemaker:eu-west-1:111122223333:domain/{id_}"
    assert (shown["DomainName"], shown["Status"]) == ("science", "InService")
    assert shown["DefaultUserSettings"]["ExecutionRole"] == aws.role_arn
    listed = aws.sagemaker.list_domains(MaxResults=100)["Domains"]
    assert [one["DomainName"] for one in listed if one["DomainId"] == id_] == ["science"]


def test_a_profile_shows_only_what_it_sets_itself(aws: SageMakerAws, make_domain: Make) -> None:
    id_, other = make_domain("profiles"), make_domain("elsewhere")
    own = aws.role("studio-own", trust(SAGEMAKER))
    aws.sagemaker.create_user_profile(DomainId=id_, UserProfileName="ada")
    settings = {"ExecutionRole": own}
    aws.sagemaker.create_user_profile(
        DomainId=id_, UserProfileName="eve", UserSettings=settings, Tags=[{"Key": "a", "Value": ""}]
    )
    aws.sagemaker.create_user_profile(DomainId=other, UserProfileName="ada")
    pages = aws.sagemaker.get_paginator("list_user_profiles").paginate(
        DomainIdEquals=id_, PaginationConfig={"PageSize": 1}
    )
    assert [one["UserProfileName"] for page in pages for one in page["UserProfiles"]] == [
        "ada",
        "eve",
    ]
    shown = {
        name: aws.sagemaker.describe_user_profile(DomainId=id_, UserProfileName=name)
        for name in ("ada", "eve")
    }
    assert "UserSettings" not in shown["ada"]
    assert shown["eve"]["UserSettings"] == settings
    tags = aws.sagemaker.list_tags(ResourceArn=shown["eve"]["UserProfileArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": ""}]


def test_what_is_not_there_is_not_found(aws: SageMakerAws, make_domain: Make) -> None:
    id_ = make_domain("empty")
    for call, arguments in (
        (aws.sagemaker.describe_domain, {"DomainId": "d-absent"}),
        (aws.sagemaker.create_user_profile, {"DomainId": "d-absent", "UserProfileName": "ada"}),
        (aws.sagemaker.describe_user_profile, {"DomainId": id_, "UserProfileName": "ada"}),
        (aws.sagemaker.delete_user_profile, {"DomainId": id_, "UserProfileName": "ada"}),
    ):
        assert "(ResourceNotFound)" in refusal(call, **arguments)


def test_a_profile_that_is_deleted_is_gone(aws: SageMakerAws, make_domain: Make) -> None:
    profile = {"DomainId": make_domain("left"), "UserProfileName": "ada"}
    aws.sagemaker.create_user_profile(**profile)
    aws.sagemaker.delete_user_profile(**profile)
    assert (
        aws.sagemaker.list_user_profiles(DomainIdEquals=profile["DomainId"])["UserProfiles"] == []
    )


def test_a_role_that_may_not_be_passed_is_refused(aws: SageMakerAws, make_domain: Make) -> None:
    id_ = make_domain("guarded")
    keys = aws.user(
        "makes-studio", allow(["sagemaker:CreateDomain", "sagemaker:CreateUserProfile"])
    )
    client = aws.client("sagemaker", keys)
    settings = {"ExecutionRole": aws.role_arn}
    for call, arguments in (
        (
            client.create_domain,
            {"DomainName": "x", "AuthMode": "IAM", "DefaultUserSettings": settings},
        ),
        (
            client.create_user_profile,
            {"DomainId": id_, "UserProfileName": "x", "UserSettings": settings},
        ),
    ):
        assert "iam:PassRole" in refusal(call, **arguments)


def test_a_domain_without_a_role_is_refused(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="ExecutionRole is missing"):
        aws.sagemaker.create_domain(DomainName="x", AuthMode="IAM", DefaultUserSettings={})


def test_a_policy_may_name_a_domain_and_a_profile(aws: SageMakerAws, make_domain: Make) -> None:
    id_ = make_domain("named")
    aws.sagemaker.create_user_profile(DomainId=id_, UserProfileName="ada")
    place = "arn:aws:sagemaker:eu-west-1:111122223333"
    keys = aws.user(
        "reads-one",
        allow("sagemaker:DescribeDomain", f"{place}:domain/{id_}"),
        allow("sagemaker:DescribeUserProfile", f"{place}:user-profile/{id_}/ada"),
    )
    client = aws.client("sagemaker", keys)
    assert client.describe_domain(DomainId=id_)["DomainId"] == id_
    client.describe_user_profile(DomainId=id_, UserProfileName="ada")
    assert "AccessDenied" in refusal(client.describe_domain, DomainId="d-other")
    said = refusal(client.describe_user_profile, DomainId=id_, UserProfileName="eve")
    assert "AccessDenied" in said
