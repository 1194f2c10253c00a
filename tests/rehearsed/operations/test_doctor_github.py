"""What `doctor` finds on the local GitHub, by the token and the owner that it is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.account_names import REGISTRATION_ROLE
from operations.aws_session import Identity
from operations.doctor.checks import Wish, list_checks
from operations.doctor.command import follow
from operations.doctor.examination import Check, examine
from operations.doctor.github_credential import look_at_token
from operations.doctor.organization import look_at_actions, look_at_runners
from operations.doctor.registered_settings import look_at_both, read_registered
from operations.doctor.template_repository import look_at_registration
from operations.findings import Finding
from operations.github_access import GithubAccess, open_github
from rehearsal.tests.emulator.local_aws import ACCOUNT, OTHER_ACCOUNT, LocalAws, trust
from rehearsal.tests.github.served_github import (
    EXPIRED,
    FINE_GRAINED,
    FULL,
    NO_REPO,
    NO_WORKFLOW,
    ServedGitHub,
)
from tests.rehearsed.operations.findings_read import levels, read

NOW = datetime(2026, 11, 23, tzinfo=UTC)
Open = Callable[[str], GithubAccess]


@pytest.fixture
def opened(github: ServedGitHub) -> Open:
    """Opens the local GitHub with a token."""

    def open_it(token: str) -> GithubAccess:
        return open_github({"GITHUB_SERVER_URL": github.url, "GH_TOKEN": token})

    return open_it


@pytest.fixture
def look(github: ServedGitHub, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Finding]]:
    """Does all that `doctor` does where there are no credentials of AWS."""
    monkeypatch.setenv("GITHUB_SERVER_URL", github.url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def look(token: str, owner: str = "") -> list[Finding]:
        monkeypatch.setenv("GH_TOKEN", token)
        found = list(follow(list_checks(Wish(1, owner, ""), NOW), 60, print))
        assert read(found[:1], "fails").startswith("No region is set")
        return found[1:]

    return look


FAILURES = [
    ("ghp_unknown", "", "token", "rejected the token because it is wrong, expired or revoked"),
    (EXPIRED, "", "token", "wrong, expired or revoked"),
    (NO_WORKFLOW, "", "token", "lacks the scope `workflow`"),
    (NO_REPO, "", "token", "lacks the scopes `repo` and `workflow`"),
    (FULL, "nobody", "owner", "no user or organization nobody"),
    (FULL, "ACME", "owner", "GitHub writes ACME as acme"),
    (FULL, "stranger", "owner", "belongs to octo and cannot create repositories for the user"),
    (FULL, "strict", "owner", "forbids access via a personal access token (classic)"),
    ("ghp_member", "acme", "owner", "being no member"),
    ("ghp_member", "tight", "owner", "may not create private repositories in the organization"),
    ("ghp_admin", "tight", "Actions", "does not allow astral-sh/setup-uv, aws-actions/configure"),
    ("ghp_admin", "tight", "runners", "no runner online that is labelled ubuntu-24.04"),
]


@pytest.mark.parametrize(("token", "owner", "about", "words"), FAILURES)
def test_what_fails_is_said_in_one_sentence(
    look: Callable[..., list[Finding]], token: str, owner: str, about: str, words: str
) -> None:
    (found,) = [one for one in look(token, owner) if one.level == "fails" and words in one.sentence]
    assert found.about == about
    assert found.sentence.endswith(".")
    assert "; " in found.sentence, "a finding has its remedy"


def test_a_token_and_an_owner_that_are_good_are_told_as_good(
    look: Callable[..., list[Finding]],
) -> None:
    found = look("ghp_admin", "ready")
    assert read(found, "fails") == ""
    assert {one.about for one in found} == {"token", "owner", "Actions", "subject", "runners"}
    assert "delete_repo" in read(found, "note")


def test_the_own_user_is_the_owner_if_none_is_named(look: Callable[..., list[Finding]]) -> None:
    found = look(FULL)
    assert "octo is the token's own user" in read(found, "ok")
    assert "plan pro, where environments of private repositories have no reviewers" in read(
        found, "note"
    )
    assert "plan free" in read(look("ghp_thrifty"), "note")


def test_what_the_token_may_not_read_is_noted_with_the_scope(
    look: Callable[..., list[Finding]],
) -> None:
    found = look(FULL, "acme")
    assert read(found, "fails") == ""
    noted = read(found, "note")
    assert "the actions that acme allows, because the token lacks the scope admin:org" in noted
    assert "how acme writes subjects, because the token lacks the scope read:org" in noted
    assert "the runners of acme" in noted


def test_a_fine_grained_token_is_told_what_it_needs_and_what_was_not_read(
    look: Callable[..., list[Finding]],
) -> None:
    found = look(FINE_GRAINED, "strict")
    assert read(found, "fails") == ""
    assert "the fine-grained personal access token is octo's" in read(found, "ok")
    noted = read(found, "note")
    assert "needs, for all repositories of the owner, Actions, Administration" in noted
    assert "because the token lacks the permission organization_administration=read" in noted
    assert "scope" not in noted.replace("(scope admin:org)", "")


def test_a_fine_grained_token_that_expires_soon_is_noted(opened: Open) -> None:
    late = datetime(2098, 12, 25, tzinfo=UTC)
    assert "expires on 2099-01-02" in read(look_at_token(opened(FINE_GRAINED), late), "note")


def test_a_form_of_subjects_of_the_organization_is_noted(
    look: Callable[..., list[Finding]],
) -> None:
    assert "its own (repository_owner_id)" in read(look("ghp_admin", "tight"), "note").replace(
        "of its own", "its own"
    )


def test_a_server_with_another_name_fails(github: ServedGitHub) -> None:
    url = github.url.replace("127.0.0.1", "localhost")
    access = open_github({"GITHUB_SERVER_URL": url, "GH_TOKEN": FULL})
    assert "sends addresses of 127.0.0.1" in read(look_at_token(access, NOW), "fails")


def test_a_token_that_expires_soon_is_noted(opened: Open) -> None:
    access = opened("ghp_workflow")
    late = datetime(2098, 12, 25, tzinfo=UTC)
    assert "expires on 2099-01-02" in read(look_at_token(access, late), "note")
    assert "expires" not in read(look_at_token(access, NOW), "note")


def test_an_organization_that_allows_some_actions_by_patterns(opened: Open) -> None:
    assert levels(look_at_actions(opened("ghp_admin"), "ready")) == ["ok"]
    assert levels(look_at_runners(opened("ghp_admin"), "ready")) == ["ok"]


def test_a_server_that_is_not_there_fails_and_does_not_end_the_rest() -> None:
    access = open_github({"GITHUB_SERVER_URL": "http://127.0.0.1:9", "GH_TOKEN": FULL})
    (found,) = examine(Check("token", "", lambda: look_at_token(access, NOW)))
    assert (found.level, found.about) == ("fails", "token")
    assert "GitHub did not answer" in found.sentence


def test_what_the_repository_says_otherwise_than_this_machine_is_told(
    aws: LocalAws, github: ServedGitHub, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    access, iam = opened(FULL), aws.of_account(OTHER_ACCOUNT).client("iam")
    assert list(look_at_both(read_registered(iam, access))) == []  # no workflow registers
    github.create("with-variables")
    trusted = _workflows(access, "octo@1001/with-variables@7", OTHER_ACCOUNT)
    aws.of_account(OTHER_ACCOUNT).role(REGISTRATION_ROLE, trusted)
    repository = access.client.get_repo("octo/with-variables")
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/B"
    repository.create_variable("STUDIO_ROLES", role)
    repository.create_variable("TAGS", "team=b")
    assert levels(look_at_both(read_registered(iam, access))) == ["ok"]
    monkeypatch.setenv("TAGS", "team=a")
    monkeypatch.setenv("DATA_LOCATIONS", "s3://lake/")
    settings = read_registered(iam, access)
    said = read(look_at_both(settings), "note").splitlines()
    assert said[0].startswith("DATA_LOCATIONS is set here and not as a variable of octo/with-va")
    assert said[1].startswith("TAGS is team=a here and team=b as a variable of octo/with-var")
    who = Identity(OTHER_ACCOUNT, "aws", "eu-west-1", "")
    assert settings.further_roles(who) == (role,)
    hindered = read_registered(iam, opened("wrong"))
    assert "may read the variables" in read(look_at_both(hindered), "note")


def _workflows(access: GithubAccess, repository: str, account: str) -> dict[str, Any]:
    """Trust in the workflows of a repository's default branch."""
    subject = f"repo:{repository}:ref:refs/heads/main"
    return trust(
        {"Federated": f"arn:aws:iam::{account}:oidc-provider/{access.issuer}"},
        Action="sts:AssumeRoleWithWebIdentity",
        Condition={"StringEquals": {f"{access.issuer}:sub": subject}},
    )


def test_the_registration_role_is_compared_with_what_github_writes(
    aws: LocalAws, github: ServedGitHub, opened: Open
) -> None:
    access, iam = opened(FULL), aws.client("iam")
    github.create("registered-template")
    repository = "octo/registered-template"
    look = look_at_registration
    assert "no remote `origin`" in read(look(access, iam, None), "note")
    assert "not there yet" in read(look(access, iam, repository), "ok")
    prefix = access.client.requester.requestJsonAndCheck(
        "GET", f"/repos/{repository}/actions/oidc/customization/sub"
    )[1]["sub_claim_prefix"]
    aws.role(REGISTRATION_ROLE, _workflows(access, repository, ACCOUNT))
    said = read(look(access, iam, repository), "fails")
    assert said.endswith(f"with RepositorySubject={prefix}.")
    assert "give a token" in read(look(opened("ghp_stranger"), iam, repository), "note")
