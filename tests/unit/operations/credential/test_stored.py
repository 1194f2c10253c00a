"""What the command stores is what the functions and the template read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_client import stored_credential
from github_client.stored_credential import parse_credential, stored_secret
from mlops_sm_project_template.config import names
from operations.credential import vault
from operations.credential.change import plan_change
from operations.credential.errors import (
    CredentialMissingError,
    SecretUnreadableError,
    UserRefusedError,
)
from operations.credential.token import TokenFacts
from operations.credential.users import choose_users
from operations.credential.vault import Stored, Vault, secret_name
from operations.doctor.github_answers import read_expiration
from project_repository.launcher import identity_of
from tests.unit.functions.invocation_fakes import client_error

ACCOUNT = "111122223333"
TEAM_A, TEAM_B = (f"arn:aws:iam::{ACCOUNT}:role/studio/Team-{team}" for team in "AB")
FACTS = TokenFacts("octo", None)
OWNERS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", fullmatch=True)


class _Secrets:
    """Secrets Manager with what the vault asks of it."""

    def __init__(self) -> None:
        self.strings: dict[str, str] = {}

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803 - AWS's name
        if SecretId not in self.strings:
            raise client_error("GetSecretValue", "ResourceNotFoundException")
        return {"SecretString": self.strings[SecretId]}

    def create_secret(self, *, Name: str, SecretString: str, **_: Any) -> None:  # noqa: N803
        if Name in self.strings:
            raise client_error("CreateSecret", "ResourceExistsException")
        self.strings[Name] = SecretString

    def put_secret_value(self, *, SecretId: str, SecretString: str) -> None:  # noqa: N803
        self.strings[SecretId] = SecretString

    def get_paginator(self, name: str) -> Any:
        assert name == "list_secrets"
        return self

    def paginate(self, **_: Any) -> Any:
        return [{"SecretList": [{"Name": name} for name in self.strings]}]


@pytest.fixture
def secrets() -> _Secrets:
    return _Secrets()


def _vault(secrets: _Secrets) -> Vault:
    return Vault(secrets, None)


@given(owner=OWNERS, token=st.text("ghp_09AZ", min_size=1), users=st.lists(st.text()))
def test_the_functions_read_what_the_command_wrote(
    owner: str, token: str, users: list[str]
) -> None:
    secrets = _Secrets()
    _vault(secrets).store(owner, Stored("ghp_earlier"))
    _vault(secrets).store(owner.upper(), Stored(token, tuple(users)))
    assert list(secrets.strings) == [secret_name(owner)] == [stored_secret(owner)]
    assert names.owner_secret(owner.lower()) == secret_name(owner)
    read = parse_credential(secrets.strings[secret_name(owner)])
    assert read == stored_credential.StoredCredential(token, tuple(users))
    assert _vault(secrets).find(owner) == Stored(token, tuple(users))
    assert _vault(secrets).owners() == [owner.lower()]


def test_what_is_no_credential_is_told_from_one(secrets: _Secrets) -> None:
    for text in ("", "ghp_x", "[]", "1", "{}", json.dumps({"token": "x"})):
        secrets.strings[secret_name("octo")] = text
        found = _vault(secrets).find("octo")
        assert found is not None
        assert not found.is_readable
    assert vault.PROJECTS == names.PROJECT_PARAMETER_PREFIX


def test_a_token_is_not_shown_by_accident() -> None:
    assert "ghp_x" not in repr(Stored("ghp_x", (TEAM_A,)))


def test_who_may_use_it_stays_until_that_is_said(secrets: _Secrets) -> None:
    obtain = lambda: ("ghp_new", FACTS)  # noqa: E731 - the shortest
    assert plan_change(_vault(secrets), "octo", None, obtain).new == Stored("ghp_new", ())
    _vault(secrets).store("octo", Stored("ghp_old", (TEAM_A,)))
    made = _vault(secrets)
    assert plan_change(made, "octo", None, obtain).new == Stored("ghp_new", (TEAM_A,))
    assert plan_change(made, "octo", (), obtain).new == Stored("ghp_new", ())
    assert plan_change(made, "octo", (TEAM_B,), None).new == Stored("ghp_old", (TEAM_B,))
    with pytest.raises(CredentialMissingError, match="octo"):
        plan_change(made, "acme", (TEAM_B,), None)


@pytest.mark.parametrize(("users", "keeps"), [(None, False), (None, True), ((TEAM_A,), True)])
def test_where_it_was_lost_who_may_use_it_is_not_made_everybody(
    secrets: _Secrets, users: tuple[str, ...] | None, keeps: bool
) -> None:
    secrets.strings[secret_name("octo")] = "ghp_by_hand"
    obtain = None if keeps else lambda: ("ghp_new", FACTS)
    with pytest.raises(SecretUnreadableError, match="--for"):
        plan_change(_vault(secrets), "octo", users, obtain)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "*",
        "Team-A",
        TEAM_A.replace(ACCOUNT, "9" * 12),
        TEAM_A.replace("Team-A", "*"),
        TEAM_A.replace("Team-A", "Team-?"),
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:role/",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Team-A/x",
        f"{TEAM_A},{TEAM_B}",
        f"{TEAM_A}\n",
        "everyone",
    ],
)
def test_what_names_nobody_of_the_account_is_no_user(arn: str) -> None:
    with pytest.raises(UserRefusedError):
        choose_users([TEAM_A, arn], ACCOUNT)


def test_whoever_may_be_named_is_somebody_for_the_function_too() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/people/anna"
    chosen = choose_users([TEAM_A, user, TEAM_A], ACCOUNT)
    assert chosen == (TEAM_A, user)
    assert all(identity_of(arn) for arn in chosen)
    assert choose_users(["everyone"], ACCOUNT) == ()
    assert choose_users([], ACCOUNT) is None


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-12-01 10:00:00 UTC", "2026-12-01T10:00:00+00:00"),
        ("2026-12-01 11:00:00 +0100", "2026-12-01T10:00:00+00:00"),
        ("", None),
        ("some day", None),
    ],
)
def test_the_end_of_a_token_is_read_as_github_writes_it(told: str, moment: str | None) -> None:
    found = read_expiration({"github-authentication-token-expiration": told})
    assert (found and found.isoformat()) == moment
