"""Behaviour of reading the token."""

import pytest

from github_client.credentials import read_token
from github_client.errors import TokenSecretError, TokenSecretGoneError
from tests.unit.functions.fake_aws import AwsFault, FakeAws
from tests.unit.functions.invocation_fakes import SECRET_ARN


def read(token: str, *faults: AwsFault) -> str:
    """Read a secret with this content."""
    aws = FakeAws(secrets={SECRET_ARN: token}, faults=list(faults))
    return read_token(aws.client("secretsmanager"), SECRET_ARN)


def test_the_token_is_read_without_its_line_end() -> None:
    assert read("ghp_abc\n") == "ghp_abc"


@pytest.mark.parametrize("bad", [" ", "two words", "ghp_a\nX-Evil: 1", "ghp_ü"])
def test_what_is_no_token_is_refused_without_being_shown(bad: str) -> None:
    with pytest.raises(TokenSecretError) as caught:
        read(bad)
    assert bad.strip() == "" or bad not in str(caught.value)


def test_a_deleted_secret_is_told() -> None:
    with pytest.raises(TokenSecretGoneError, match="the secret is deleted"):
        read_token(FakeAws().client("secretsmanager"), SECRET_ARN)


@pytest.mark.parametrize(
    ("kind", "why"), [("throttled", "ThrottlingException"), ("lost", "ReadTimeoutError")]
)
def test_a_refusal_is_told_from_a_deleted_secret(kind: str, why: str) -> None:
    with pytest.raises(TokenSecretError, match=why) as caught:
        read("ghp_abc", AwsFault("GetSecretValue", kind))
    assert not isinstance(caught.value, TokenSecretGoneError)
