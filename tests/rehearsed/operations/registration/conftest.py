"""An account, a GitHub and a clone, each as a platform engineer finds them."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from operations.aws_session import identity
from operations.github_access import open_github
from operations.registration.setting import Setting
from operations.registration.workflow_step import WORKFLOW
from rehearsal.tests.emulator.local_aws import REGION, ROOT_SECRET, LocalAws, policy, trust
from rehearsal.tests.github.served_github import FULL, ServedGitHub
from tests.rehearsed.operations.typed_command import Told, type_here

ROOT = Path(__file__).resolve().parents[4]
ROLE = "AmazonSageMaker-ExecutionRole"
# More than there are tests here, each of which has one for itself.
_ACCOUNTS = [f"6{number:011}" for number in range(64)]
_JOB = "jobs: {register: {runs-on: ubuntu-24.04, steps: [{run: 'true'}]}}"
_TEXT = f"on: {{push: {{branches: [main]}}, workflow_dispatch: {{}}}}\n{_JOB}\n"
Typed = Callable[..., Told]
# GitHub asks for pauses between requests; the local one needs none.
at_once = partial(open_github, pause_seconds=0)
_AUTHOR = ("-c", "user.name=Someone", "-c", "user.email=someone@example.com")


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[LocalAws]]:
    """Accounts with nothing in them, of one server."""
    options = tuple(part for account in _ACCOUNTS for part in ("--account", account))
    server = LocalAws(tmp_path_factory.mktemp("accounts") / "state", options=options).start()
    yield (server.of_account(account) for account in _ACCOUNTS)
    assert server.stop() == 0


@pytest.fixture
def aws(accounts: Iterator[LocalAws]) -> LocalAws:
    """An account with Studio's role, bootstrapped."""
    return prepared(next(accounts))


def prepared(account: LocalAws) -> LocalAws:
    """Make what a registration finds in an account."""
    document = policy(trust({"Service": "sagemaker.amazonaws.com"}))
    account.client("iam").create_role(
        RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=document
    )
    bootstrap(account, account.client("ssm"), account.client("iam"), REGION)
    return account


def bootstrap(account: LocalAws, ssm: Any, iam: Any, region: str) -> None:
    """Make what a registration looks for of the CDK's bootstrap."""
    ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Type="String", Value="28")
    for duty in ("deploy", "file-publishing", "lookup", "cfn-exec"):
        name = f"cdk-hnb659fds-{duty}-role-{account.root_keys[0]}-{region}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a template whose workflow is a short one."""
    folder = tmp_path / "clone"
    workflow = folder / ".github" / "workflows" / WORKFLOW
    workflow.parent.mkdir(parents=True)
    workflow.write_text(_TEXT, encoding="utf-8")
    shutil.copytree(ROOT / "prerequisites", folder / "prerequisites")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    """Commit all that is there."""
    git(folder, "add", "--all")
    git(folder, *_AUTHOR, "commit", "--quiet", "--message", "Change")


def git(folder: Path, *arguments: str) -> str:
    """Run git; return what it printed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def setting(
    aws: LocalAws,
    github: ServedGitHub,
    clone: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Setting:
    """What is registered where; the repository has another name in each test."""
    for name, value in {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": str(aws.root_keys[0]),
        "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
        "AWS_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    session = boto3.Session(region_name=REGION)
    access = at_once({"GITHUB_SERVER_URL": github.url, "GH_TOKEN": FULL})
    return Setting(
        session=session,
        identity=identity(session),
        github=access,
        owner="octo",
        repository_name=tmp_path.name.lower().replace("_", "-")[:60],
        role_arn=aws.client("iam").get_role(RoleName=ROLE)["Role"]["Arn"],
        qualifier="hnb659fds",
        folder=clone,
        say=lambda _line: None,
        sleep=lambda _seconds: time.sleep(0.05),
    )


@pytest.fixture
def typed(setting: Setting, github: ServedGitHub, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type the command in the clone, without a terminal."""
    monkeypatch.setattr("operations.registration.command.FOLDER", setting.folder)
    monkeypatch.setattr("operations.registration.command.open_github", at_once)
    monkeypatch.setenv("GITHUB_SERVER_URL", github.url)
    monkeypatch.setenv("GH_TOKEN", FULL)

    def run(*arguments: str) -> Told:
        name = ("--repository", setting.repository_name)
        return type_here("register", *name, *arguments)

    return run
