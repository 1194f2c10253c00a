"""How a credential that is stored for an owner is named, read and refused."""

import json
from typing import Any

import pytest

from github_client.credentials import read_stored, read_token
from github_client.errors import (
    OwnerCredentialMissingError,
    TokenSecretError,
    UnusableTokenError,
)
from github_client.stored_credential import (
    StoredCredential,
    owner_of,
    parse_credential,
    stored_secret,
    true_name,
)
from tests.unit.functions.invocation_fakes import client_error

SECRET = "mlops-sm-project/owner/acme/github-token"
ROLE = "arn:aws:iam::111122223333:role/Team-A"
OF_PROJECT = (
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mlops-sm-project/p-x/github-token"
)


class _Secrets:
    def __init__(self, told: Any) -> None:
        self._told = told
        self.asked: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803 - AWS's name
        self.asked.append(SecretId)
        if isinstance(self._told, Exception):
            raise self._told
        return {"SecretString": self._told}


def _text(token: Any = "ghp_x", users: Any = ()) -> str:
    return json.dumps({"token": token, "users": list(users)})


def test_the_case_of_an_owner_makes_no_other_secret() -> None:
    assert stored_secret("ACME") == stored_secret("acme") == SECRET
    assert true_name(SECRET.replace("acme", "AcMe")) == SECRET
    assert owner_of(SECRET) == "acme"


@pytest.mark.parametrize("other", [OF_PROJECT, "mlops-sm-project/p-x/github-token", "", "any"])
def test_the_secret_of_a_project_is_no_owners(other: str) -> None:
    assert owner_of(other) == ""
    assert true_name(other) == other


def test_a_stored_token_is_read_with_its_users() -> None:
    secrets = _Secrets(_text(users=[ROLE]))
    assert read_token(secrets, SECRET) == "ghp_x"
    assert read_stored(secrets, SECRET) == StoredCredential("ghp_x", (ROLE,))
    assert secrets.asked == [SECRET, SECRET]


def test_of_a_projects_secret_the_string_is_the_token() -> None:
    assert read_token(_Secrets("{"), OF_PROJECT) == "{"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ghp_x",
        "[]",
        "1",
        "{}",
        '{"token":"x"}',
        '{"users":[]}',
        '{"token":"x","users":"*"}',
        _text(1),
        _text(users=[1]),
    ],
)
def test_what_else_a_stored_secret_holds_is_refused(text: str) -> None:
    assert parse_credential(text) is None
    with pytest.raises(UnusableTokenError, match="credential add acme") as refused:
        read_token(_Secrets(text), SECRET)
    assert "ghp_x" not in str(refused.value)


@pytest.mark.parametrize("token", ["", " ", "a b", "é"])
def test_a_stored_token_that_is_none_is_refused(token: str) -> None:
    with pytest.raises(UnusableTokenError):
        read_token(_Secrets(_text(token)), SECRET)


def test_where_none_is_stored_both_remedies_are_told() -> None:
    gone = client_error("GetSecretValue", "ResourceNotFoundException")
    with pytest.raises(OwnerCredentialMissingError) as refused:
        read_token(_Secrets(gone), SECRET)
    said = str(refused.value)
    assert "credential add acme" in said
    assert "GithubAccessToken" in said
    assert not refused.value.is_passing


def test_a_stored_secret_that_cannot_be_read_now_is_tried_again() -> None:
    with pytest.raises(TokenSecretError) as refused:
        read_stored(_Secrets(client_error("GetSecretValue", "ThrottlingException")), SECRET)
    assert refused.value.is_passing
