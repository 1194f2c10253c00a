"""`python -m operations credential` as it is typed: what it stores, shows, refuses and removes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from mlops_sm_project_template.config import names
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws
from rehearsal.tests.github.served_github import EXPIRED, FULL, NO_DELETE, NO_REPO, ServedGitHub
from tests.rehearsed.operations.stored_credentials import (
    SECRET,
    forget_projects,
    read_credential,
    use_credential,
)
from tests.rehearsed.operations.typed_command import settings_of, type_command

Type = Callable[..., subprocess.CompletedProcess[str]]
TEAM_A, TEAM_B = (f"arn:aws:iam::{ACCOUNT}:role/studio/Team-{team}" for team in "AB")


@pytest.fixture
def type_it(aws: LocalAws, github: ServedGitHub) -> Iterator[Type]:
    """Types the command with a token, in an account that has no credential before and after."""

    def type_words(
        *words: str, token: str = "", stdin: str = "", keys: tuple[str | None, ...] | None = None
    ) -> subprocess.CompletedProcess[str]:
        of_github = {"GITHUB_SERVER_URL": github.url, "GH_TOKEN": token}
        settings = {**settings_of(aws, keys), **of_github, "TAGS": "cost-centre=sea"}
        done = type_command("credential", *words, settings=settings, stdin=stdin)
        for secret in (FULL, NO_DELETE, NO_REPO, EXPIRED):
            assert secret not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    yield type_words
    secrets = aws.client("secretsmanager")
    for one in secrets.list_secrets()["SecretList"]:
        secrets.delete_secret(SecretId=one["Name"], ForceDeleteWithoutRecovery=True)


def _refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that a command ended with."""
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.endswith(".")
    return line


def test_a_token_is_stored_once_github_took_it(aws: LocalAws, type_it: Type) -> None:
    done = type_it("add", "octo", token=NO_DELETE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == (
        "The token is octo's, until 2099-01-02; it will act for octo."
    )
    assert "everyone who may launch a project" in done.stdout
    assert "$0.40 a month" in done.stdout
    assert read_credential(aws) == {"token": NO_DELETE, "users": []}
    described = aws.client("secretsmanager").describe_secret(SecretId=SECRET)
    assert described["Tags"] == [{"Key": "cost-centre", "Value": "sea"}]


def test_another_one_replaces_it_only_after_it_was_said(aws: LocalAws, type_it: Type) -> None:
    type_it("add", "octo", "--for", TEAM_A, token=NO_DELETE)
    done = type_it("add", "octo", token=FULL)
    assert "There is a credential of octo already, which it replaces." in done.stdout
    assert "start it at a terminal, or with --yes" in _refused(done)
    assert read_credential(aws) == {"token": NO_DELETE, "users": [TEAM_A]}
    # Who may use it stays, and the token may come by standard input.
    assert type_it("add", "octo", "--yes", stdin=f"{FULL}\n").returncode == 0
    assert read_credential(aws) == {"token": FULL, "users": [TEAM_A]}


def test_who_may_use_it_is_changed_without_a_token(aws: LocalAws, type_it: Type) -> None:
    type_it("add", "octo", token=FULL)
    words = ("add", "octo", "--keep-token", "--yes", "--for", TEAM_A, "--for", TEAM_B)
    assert type_it(*words).returncode == 0
    assert read_credential(aws) == {"token": FULL, "users": [TEAM_A, TEAM_B]}
    done = type_it("add", "octo", "--keep-token", "--yes", "--for", "everyone", "--json")
    assert json.loads(done.stdout)["users"] == "everyone"
    assert read_credential(aws) == {"token": FULL, "users": []}


@pytest.mark.parametrize(
    ("words", "token", "said"),
    [
        (("add", "octo"), "", "There is no token to store"),
        (("add", "octo"), "two words", "is no token"),
        (("add", "octo"), EXPIRED, "rejected the token"),
        (("add", "octo"), NO_REPO, "lacks the scopes `repo` and `workflow`"),
        (("add", "stranger"), FULL, "The token belongs to octo"),
        (("add", "no-such-owner"), FULL, "has no user or organization no-such-owner"),
        (("add", "Octo"), FULL, "GitHub writes Octo as octo"),
        (("add", "strict"), FULL, "forbids access via a personal access token (classic)"),
        (("add", "https://github.com/octo"), FULL, "is no GitHub user or organization"),
        (("add", "octo", "--for", "Team-A"), FULL, "names no role and no user of account"),
        (("add", "octo", "--for", f"arn:aws:iam::{ACCOUNT}:role/*"), FULL, "names no role"),
        (("add", "octo", "--for", f"{TEAM_A},{TEAM_B}"), FULL, "names no role"),
        (("add", "octo", "--for", TEAM_A.replace(ACCOUNT, "9" * 12)), FULL, "names no role"),
        (("add", "octo", "--for", "everyone", "--for", TEAM_A), FULL, "names no role"),
        (("add", "octo", "--keep-token"), "", "No credential is stored for octo"),
        (("remove", "octo", "--yes"), "", "(there is none at all)"),
    ],
)
def test_what_cannot_be_stored_or_removed_is_refused_in_a_sentence(
    aws: LocalAws, type_it: Type, words: tuple[str, ...], token: str, said: str
) -> None:
    assert said in _refused(type_it(*words, token=token))
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def test_the_list_tells_whose_until_when_for_whom_and_by_whom(aws: LocalAws, type_it: Type) -> None:
    assert type_it("list").stdout == "No credential is stored in this account and region.\n"
    type_it("add", "octo", "--for", TEAM_A, token=NO_DELETE)
    type_it("add", "bigcorp", token=FULL)
    secrets = aws.client("secretsmanager")
    for owner, text in (("gone", {"token": EXPIRED, "users": []}), ("odd", "by hand")):
        value = text if isinstance(text, str) else json.dumps(text)
        secrets.create_secret(Name=names.owner_secret(owner), SecretString=value)
    use_credential(aws, "rings-p-0123456789ab", SECRET.replace("octo", "OCTO"))
    use_credential(
        aws, "waves-p-0123456789ac", "arn:aws:secretsmanager:…:mlops-sm-project/p-x/github-token"
    )
    assert type_it("list").stdout.splitlines() == [
        "bigcorp: token octo's, without end; for everyone who may launch a project; "
        "used by no project",
        "gone: GitHub rejects the token, store another one; for everyone who may launch a "
        "project; used by no project",
        f"octo: token octo's, until 2099-01-02; for {TEAM_A}; used by rings-p-0123456789ab",
        "odd: the secret holds no credential, store one again; for everyone who may launch a "
        "project; used by no project",
    ]
    rows = {row["owner"]: row for row in json.loads(type_it("list", "--json").stdout)}
    assert rows["octo"] == {
        "owner": "octo",
        "state": "good",
        "login": "octo",
        "expires": "2099-01-02T03:04:05+00:00",
        "users": [TEAM_A],
        "projects": ["rings-p-0123456789ab"],
    }
    forget_projects(aws)


def test_one_that_was_written_by_hand_is_replaced_only_for_somebody(
    aws: LocalAws, type_it: Type
) -> None:
    """Who might use it is lost, and is not to become everybody."""
    aws.client("secretsmanager").create_secret(Name=SECRET, SecretString=FULL)
    assert "who may use it is not known" in _refused(type_it("add", "octo", "--yes", token=FULL))
    assert type_it("add", "octo", "--yes", "--for", TEAM_A, token=FULL).returncode == 0
    assert read_credential(aws) == {"token": FULL, "users": [TEAM_A]}


def test_one_that_projects_use_is_not_removed(aws: LocalAws, type_it: Type) -> None:
    type_it("add", "octo", token=FULL)
    use_credential(aws, "rings-p-0123456789ab", SECRET)
    said = _refused(type_it("remove", "octo", "--yes"))
    assert "rings-p-0123456789ab" in said
    forget_projects(aws)
    assert "--yes" in _refused(type_it("remove", "octo"))
    assert type_it("remove", "octo", "--yes").returncode == 0
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []


def test_one_that_is_about_to_be_deleted_comes_back(aws: LocalAws, type_it: Type) -> None:
    type_it("add", "octo", token=FULL)
    aws.client("secretsmanager").delete_secret(SecretId=SECRET, RecoveryWindowInDays=7)
    assert type_it("add", "octo", token=NO_DELETE).returncode == 0
    assert read_credential(aws) == {"token": NO_DELETE, "users": []}


def test_whoever_may_not_is_told_the_right(aws: LocalAws, type_it: Type) -> None:
    said = _refused(type_it("add", "octo", token=FULL, keys=aws.user("may-nothing")))
    assert "secretsmanager:GetSecretValue" in said
