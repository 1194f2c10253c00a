"""`python -m operations doctor` as it is typed, by endpoints and credentials alone."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust
from rehearsal.tests.github.served_github import ServedGitHub
from tests.rehearsed.operations.typed_command import settings_of, type_command

ROOT = Path(__file__).resolve().parents[3]
Type = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def type_doctor(github: ServedGitHub) -> Type:
    """Types the command with somebody's keys of an account and a token."""

    def type_it(
        aws: LocalAws, *options: str, keys: tuple[str | None, ...] | None = None, token: str
    ) -> subprocess.CompletedProcess[str]:
        of_github = {"GITHUB_SERVER_URL": github.url, "GH_TOKEN": token}
        return type_command("doctor", *options, settings={**settings_of(aws, keys), **of_github})

    return type_it


@pytest.fixture(scope="module")
def account(aws: LocalAws) -> LocalAws:
    """An account with a domain."""
    role = aws.role("studio-command", trust({"Service": "sagemaker.amazonaws.com"}))
    aws.client("sagemaker").create_domain(
        DomainName="typed", AuthMode="IAM", DefaultUserSettings={"ExecutionRole": role}
    )
    return aws


def test_where_nothing_fails_it_says_so_in_plain_lines(
    account: LocalAws, type_doctor: Type
) -> None:
    done = type_doctor(account, "--owner", "ready", "--projects", "2", token="ghp_admin")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("ok    account: You are arn:aws:iam::111122223333:root")
    assert all(line.split()[0] in ("ok", "note") for line in lines)
    assert "\x1b" not in done.stdout


def test_what_fails_ends_it_with_one_and_a_sentence(account: LocalAws, type_doctor: Type) -> None:
    done = type_doctor(account, "--projects", "500", "--json", token="ghp_repo")
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    fails = {one["about"] for one in findings if one["level"] == "fails"}
    assert fails == {"roles", "SageMaker's quotas", "token"}
    assert done.stderr.splitlines()[-1].startswith("3 things fail as the account")


def test_whoever_may_read_nothing_is_told_what_he_lacks(
    account: LocalAws, type_doctor: Type
) -> None:
    keys = account.user("visits")
    done = type_doctor(account, "--json", "--owner", "ready", keys=keys, token="ghp_admin")
    findings = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    lacking = [one["about"] for one in findings if "the right " in one["sentence"]]
    assert lacking == [
        "bootstrap",
        "Studio",
        "rights in Studio",
        "roles",
        "keys",
        "SageMaker's quotas",
        "identity provider",
        "role names",
    ]


def test_nothing_is_changed(account: LocalAws, github: ServedGitHub, type_doctor: Type) -> None:
    """Whoever may do nothing but read finds the same as somebody who may do everything."""
    reads = ["*:List*", "*:Get*", "*:Describe*", "iam:SimulatePrincipalPolicy"]
    keys = account.user("reads", allow(_actions(reads)))
    seen = [
        json.loads(type_doctor(account, "--json", keys=one, token="ghp_full").stdout)[1:]
        for one in (None, keys)
    ]
    assert seen[0] == seen[1]


def _actions(patterns: list[str]) -> list[str]:
    services = ("cloudformation", "iam", "kms", "sagemaker", "servicequotas", "ssm")
    return [
        pattern.replace("*:", f"{service}:", 1)
        for pattern in patterns
        for service in (services if pattern.startswith("*:") else ("",))
    ]
