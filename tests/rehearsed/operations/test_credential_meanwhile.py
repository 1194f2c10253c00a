"""What others do to a credential while somebody thinks about an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, LocalAws
from rehearsal.tests.github.served_github import FULL, NO_DELETE, ServedGitHub
from tests.rehearsed.operations.stored_credentials import (
    SECRET,
    forget_projects,
    read_credential,
    use_credential,
)
from tests.rehearsed.operations.typed_command import Told, settings_of, type_here

Happens = Callable[[], object]
Type = Callable[..., Told]
TEAM = f"arn:aws:iam::{ACCOUNT}:role/studio/Team-A"
CHANGED = "The credential of octo was changed since this command looked"


@pytest.fixture
def secrets(aws: LocalAws) -> Iterator[Any]:
    """Where the credential of octo is, for everyone."""
    client = aws.client("secretsmanager")
    client.create_secret(Name=SECRET, SecretString=json.dumps({"token": FULL, "users": []}))
    yield client
    for one in client.list_secrets()["SecretList"]:
        client.delete_secret(SecretId=one["Name"], ForceDeleteWithoutRecovery=True)


@pytest.fixture
def type_it(
    aws: LocalAws, github: ServedGitHub, secrets: Any, monkeypatch: pytest.MonkeyPatch
) -> Type:
    """Types the command, whose question is answered after something happened."""
    of_github = {"GITHUB_SERVER_URL": github.url, "GH_TOKEN": FULL}
    for name, value in {**settings_of(aws), **of_github, "AWS_REGION": REGION}.items():
        monkeypatch.setenv(name, value)

    def type_words(*words: str, happens: Happens) -> Told:
        monkeypatch.setattr("operations.credential.command.agree", lambda **_options: happens())
        return type_here("credential", *words)

    return type_words


def test_a_token_that_came_meanwhile_is_not_lost(
    aws: LocalAws, secrets: Any, type_it: Type
) -> None:
    new = {"token": NO_DELETE, "users": []}

    def another_replaces_it() -> None:
        secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(new))

    for words in (["--keep-token", "--for", TEAM], ["--for", TEAM]):
        secrets.put_secret_value(
            SecretId=SECRET, SecretString=json.dumps({"token": FULL, "users": []})
        )
        done = type_it("add", "octo", *words, happens=another_replaces_it)
        assert done.exit_code == 1
        assert CHANGED in done.error
        assert read_credential(aws) == new


def test_one_that_another_removed_is_not_made_again(secrets: Any, type_it: Type) -> None:
    def another_removes_it() -> None:
        secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)

    done = type_it("add", "octo", "--keep-token", "--for", TEAM, happens=another_removes_it)
    assert (done.exit_code, CHANGED in done.error) == (1, True)
    assert SECRET not in {one["Name"] for one in secrets.list_secrets()["SecretList"]}


def test_one_that_a_project_uses_by_now_stays(aws: LocalAws, secrets: Any, type_it: Type) -> None:
    done = type_it(
        "remove", "octo", happens=lambda: use_credential(aws, "late-p-abcdefghijkl", SECRET)
    )
    forget_projects(aws)
    assert done.exit_code == 1
    assert "is used by late-p-abcdefghijkl" in done.error
    assert read_credential(aws)["token"] == FULL
