"""Credentials that end while pages are open, and those that come after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from console.asking.account import Account
from console.asking.gaps import PageGaps
from console.asking.signing_in import SIGN_IN, START_ANEW, OtherAccountError, has_expired, sign_in
from operations.aws_session import Identity

_EXPIRED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "over"}}, "GetCallerIdentity")


def _person(name: str, account: str = "111122223333") -> str:
    return f"arn:aws:iam::{account}:user/{name}"


class Session:
    """What boto3 makes of the credentials that a file has now."""

    region_name = "eu-west-1"

    def __init__(self, arn: str) -> None:
        self.arn = arn

    def client(self, service: str, **_: Any) -> Any:
        return self if service == "sts" else f"{service} for {self.arn}"

    def get_caller_identity(self) -> Mapping[str, str]:
        if not self.arn:
            raise _EXPIRED
        return {"Account": self.arn.split(":")[4], "Arn": self.arn}


class File:
    """The credentials of a profile."""

    def __init__(self) -> None:
        self.arn = _person("anna")

    def open(self) -> Any:
        return Session(self.arn)


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def account(file: File) -> Account:
    return Account(
        Identity("111122223333", "aws", "eu-west-1", _person("anna")), open_session=file.open
    )


def test_new_credentials_are_used_from_then_on(account: Account, file: File) -> None:
    assert account.client("s3") == f"s3 for {_person('anna')}"
    file.arn = _person("bert")
    assert account.renew()
    assert account.client("s3") == f"s3 for {_person('bert')}"
    assert account.identity.arn == _person("bert")


def test_as_long_as_there_are_none_the_old_ones_say_so(account: Account, file: File) -> None:
    before = account.client("s3")
    file.arn = ""
    assert not account.renew()
    assert account.client("s3") is before


def test_those_of_another_account_are_not_used(account: Account, file: File) -> None:
    """What is shown, and what is decided, would be of something else than the page says."""
    file.arn = _person("anna", "999988887777")
    assert not account.renew()
    gaps = PageGaps()
    assert gaps.ask("Things", "s3", lambda: account.client("s3"), None) is None
    assert gaps.has_expired
    assert gaps.lines == [
        "The AWS credentials are of 999988887777 by now, and this console was started for "
        "111122223333; sign in to 111122223333 again, or start the console anew."
    ]
    assert account.identity.account == "111122223333"
    file.arn = _person("anna")
    assert account.renew()
    assert account.client("s3") == f"s3 for {_person('anna')}"


@pytest.mark.parametrize(
    "error",
    [
        _EXPIRED,
        ClientError({"Error": {"Code": "UnrecognizedClientException"}}, "ListThings"),
        ClientError({"Error": {"Code": "InvalidAccessKeyId"}}, "GetObject"),
        NoCredentialsError(),
        UnauthorizedSSOTokenError(),
        TokenRetrievalError(provider="sso", error_msg="over"),
        OtherAccountError(now="1", shown="2"),
    ],
)
def test_credentials_end_in_many_words(error: Any) -> None:
    assert has_expired(error)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied"}}, "ListThings"),
        ClientError({}, "ListThings"),
        EndpointConnectionError(endpoint_url="https://aws.test/"),
    ],
)
def test_other_errors_are_no_end_of_credentials(error: Any) -> None:
    assert not has_expired(error)


def test_who_is_told_to_sign_in_gets_on_by_it() -> None:
    """A program that runs gets no new environment, and boto3 prefers the one that it has."""
    assert sign_in(_EXPIRED, {}) == SIGN_IN
    assert sign_in(_EXPIRED, {"AWS_PROFILE": "me", "AWS_ACCESS_KEY_ID": ""}) == SIGN_IN
    assert sign_in(_EXPIRED, {"AWS_PROFILE": "me", "AWS_ACCESS_KEY_ID": "AKID"}) == START_ANEW


def test_whoever_renews_meanwhile_is_not_disturbed(account: Account) -> None:
    cast("Any", account)._renewing.acquire()
    assert not account.renew()
