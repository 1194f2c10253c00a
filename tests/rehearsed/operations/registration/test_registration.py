"""A registration goes on where it was stopped, changes what differs, and nothing else."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from github import GithubException

from operations.errors import OperationError
from operations.registration import prerequisites_step, secrets_step, workflow_step
from operations.registration.registration import steps_of
from operations.registration.repository_step import RepositoryStep
from operations.registration.setting import Setting
from operations.steps.row import Done, plan
from rehearsal.tests.emulator.local_aws import LocalAws, wait_for
from rehearsal.tests.github.served_github import NO_REPO, NO_WORKFLOW, ServedGitHub
from tests.rehearsed.operations.disturbed_steps import (
    Killed,
    carry_all_out,
    kill_at,
    overtake_at,
)
from tests.rehearsed.operations.registration.conftest import at_once, bootstrap, commit

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(300)]


def register(setting: Setting) -> list[Done]:
    """Do all that is to be done."""
    return carry_all_out(steps_of(setting))


def runs(setting: Setting) -> list[Any]:
    return list(setting.repository().get_workflow(workflow_step.WORKFLOW).get_runs())


def test_it_registers_and_then_there_is_nothing_to_do(setting: Setting, aws: LocalAws) -> None:
    assert len(plan(steps_of(setting))) == 5
    done = register(setting)
    # The run that the push starts may be over before it is looked for.
    assert [one.did != "" for one in done[:-1]] == [False, True, True, True, False, True]
    assert plan(steps_of(setting)) == []
    assert [one.did for one in register(setting)] == [""] * len(done)
    wait_for(lambda: [run.conclusion for run in runs(setting)] == ["success"], what="the run")
    role = aws.client("ssm").get_parameter(Name="/sagemaker/execution/role")["Parameter"]["Value"]
    assert role == setting.role_arn
    (statement,) = aws.client("iam").get_role(RoleName="mlops-sm-project-registration")["Role"][
        "AssumeRolePolicyDocument"
    ]["Statement"]
    assert setting.full_name.split("/")[1] in str(statement["Condition"])
    names = {secret.name for secret in setting.repository().get_secrets()}
    assert names == set(secrets_step.NAMES)


def test_after_a_kill_at_any_step_the_next_start_goes_on(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAGS", "team=a")
    for place in (1, 2, 3, 4, 5):  # those that have something to do
        assert kill_at(steps_of(setting), place, before=True)
        assert kill_at(steps_of(setting), place, before=False)
    register(setting)
    assert plan(steps_of(setting)) == []
    assert {run.conclusion for run in runs(setting)} == {"success"}
    assert len(runs(setting)) == 1


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5, 6])
def test_what_another_registration_does_after_a_look_is_not_done_again(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setenv("TAGS", "team=a")
    overtake_at(steps_of(setting), steps_of(setting), place)
    assert plan(steps_of(setting)) == []
    assert [run.conclusion for run in runs(setting)] == ["success"]


def test_a_kill_while_the_stack_is_made_is_waited_out(setting: Setting, aws: LocalAws) -> None:
    def die(_seconds: float) -> None:
        raise Killed

    steps = steps_of(replace(setting, sleep=die))
    with contextlib.suppress(Killed):  # unless the stack is there before anybody waits for it
        carry_all_out(steps)
    register(setting)
    (stack,) = aws.client("cloudformation").describe_stacks(StackName=prerequisites_step.STACK)[
        "Stacks"
    ]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_secrets_that_are_there_are_left_as_they_are(setting: Setting) -> None:
    RepositoryStep(setting).do()
    role, region, account = secrets_step.NAMES
    setting.repository().create_secret(region, "us-east-1")
    (line,) = [line for line in plan(steps_of(setting)) if line.startswith("set the secrets")]
    assert line == f"set the secrets {role}, {account}"
    assert line in [one.did for one in register(setting)]


def test_a_change_of_the_clone_is_pushed_and_registered(setting: Setting, clone: Path) -> None:
    register(setting)
    (clone / "more.txt").write_text("more", encoding="utf-8")
    assert plan(steps_of(setting)) == []  # it is not committed
    commit(clone)
    assert [line.split()[0] for line in plan(steps_of(setting))] == ["push", "run"]
    register(setting)
    assert [run.conclusion for run in runs(setting)] == ["success"] * 2


def test_another_role_updates_the_stack(setting: Setting, aws: LocalAws) -> None:
    register(setting)
    other = aws.client("iam").create_role(RoleName="Other", AssumeRolePolicyDocument="{}")
    changed = replace(setting, role_arn=other["Role"]["Arn"])
    (line,) = plan(steps_of(changed))
    assert line.endswith(": ExecutionRoleArn, ExecutionRoleName")
    register(changed)
    assert plan(steps_of(changed)) == []


def test_each_further_role_gets_the_rights_and_keeps_them_where_the_workflow_names_it(
    setting: Setting, aws: LocalAws
) -> None:
    iam = aws.client("iam")

    def allowed() -> dict[str, int]:
        names = ("AmazonSageMaker-ExecutionRole", "TeamB")
        attached = (iam.list_attached_role_policies(RoleName=name) for name in names)
        return {n: len(one["AttachedPolicies"]) for n, one in zip(names, attached, strict=True)}

    made = iam.create_role(RoleName="TeamB", Path="/b/", AssumeRolePolicyDocument="{}")
    several = replace(setting, further_roles=(made["Role"]["Arn"],))
    assert any(" and TeamB to make projects" in line for line in plan(steps_of(several)))
    register(several)
    assert set(allowed().values()) == {2}
    assert plan(steps_of(several)) == []
    # Without the setting here it may be a variable of the repository.
    assert plan(steps_of(setting)) == []
    step = prerequisites_step.PrerequisitesStep(replace(setting, owner=""))
    assert step.look().endswith(": ExecutionRoleName")
    step.do()
    assert list(allowed().values()) == [2, 0]


def test_settings_of_the_company_become_variables(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_LOCATIONS", "s3://lake/rings/")
    (setting.folder / ".env").write_text("JOBS_SUBNETS=subnet-1\nAWS_ACCOUNT=1\n", encoding="utf-8")
    register(setting)

    def variables() -> dict[str, str]:
        return {one.name: one.value for one in setting.repository().get_variables()}

    assert variables() == {"DATA_LOCATIONS": "s3://lake/rings/", "JOBS_SUBNETS": "subnet-1"}
    monkeypatch.setenv("DATA_LOCATIONS", "s3://lake/other/")
    begun = runs(setting)[0].created_at
    wait_for(lambda: datetime.now(UTC) > begun + timedelta(seconds=1), what="the next second")
    lines = plan(steps_of(setting))
    assert lines[0] == "set the variables DATA_LOCATIONS"
    assert [line.split(" after ")[0] for line in lines[1:]] == [
        "run the workflow again, since settings changed"
    ]
    register(setting)
    assert len(runs(setting)) == 2  # the settings that were registered are the new ones
    assert plan(steps_of(setting)) == []
    assert variables()["DATA_LOCATIONS"] == "s3://lake/other/"


def _old_bootstrap(setting: Setting) -> None:
    setting.client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Type="String", Value="5", Overwrite=True
    )


def _provider_of_others(setting: Setting) -> None:
    setting.client("iam").create_open_id_connect_provider(
        Url=f"https://{setting.github.issuer}", ClientIDList=["others"]
    )


def _taken_parameter(setting: Setting) -> None:
    name = "/sagemaker/execution/role"
    setting.client("ssm").put_parameter(Name=name, Type="String", Value=setting.role_arn)


def _taken_role(setting: Setting) -> None:
    setting.client("iam").create_role(
        RoleName="mlops-sm-project-registration", AssumeRolePolicyDocument="{}"
    )


def _registered_with_other_names(setting: Setting) -> None:
    cloudformation = setting.client("cloudformation")
    properties = {
        "RoleName": "acme-mlops-sm-project-launch",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    }
    resources = {"LaunchRole": {"Type": "AWS::IAM::Role", "Properties": properties}}
    cloudformation.create_stack(
        StackName="MLOpsServiceCatalog",
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="MLOpsServiceCatalog", WaiterConfig={"Delay": 1}
    )
    (setting.folder / ".env").write_text("ROLE_PREFIX=other-\n", encoding="utf-8")


def _other_commits(setting: Setting) -> None:
    owner = setting.github.client.get_user()
    made = owner.create_repo(setting.repository_name, auto_init=True)  # type: ignore[union-attr]
    assert made.full_name == setting.full_name


def _no_commit(setting: Setting) -> None:
    for file in (setting.folder / ".git").glob("refs/heads/*"):
        file.unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_old_bootstrap, "has version 5, and 6 is needed; bring it up to date with `cdk bootstrap"),
        (_provider_of_others, "is not for sts.amazonaws.com; add that audience to it"),
        (_taken_parameter, "was not made or updated (ExecutionRoleParameter: "),
        (_taken_role, "another region; give this one names of its own with ROLE_PREFIX=euw1- in"),
        (_registered_with_other_names, "with the role arn:aws:iam::{account}:role/acme-mlops-"),
        (_other_commits, "has commits that are not in this clone; merge them here first"),
        (_no_commit, "is no git repository with a commit; clone this project"),
    ],
)
def test_what_is_in_the_way_is_told_in_one_sentence(
    setting: Setting, spoil: Callable[[Setting], None], sentence: str
) -> None:
    spoil(setting)
    with pytest.raises(OperationError) as refused:
        register(setting)
    assert sentence.format(account=setting.identity.account) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (NO_REPO, "GitHub did not make octo/"),
        (NO_WORKFLOW, "`git push` failed"),
        ("wrong", "401"),
    ],
)
def test_a_token_that_may_too_little_is_told(
    setting: Setting, github: ServedGitHub, token: str, sentence: str
) -> None:
    access = at_once({"GITHUB_SERVER_URL": github.url, "GH_TOKEN": token})
    with pytest.raises((OperationError, GithubException)) as refused:
        register(replace(setting, github=access))
    assert sentence in str(refused.value)


def test_an_owner_that_is_not_there_is_named(setting: Setting) -> None:
    with pytest.raises(OperationError, match="GitHub has no organization nobody"):
        plan(steps_of(replace(setting, owner="nobody")))


def test_a_second_region_is_registered_beside_the_first(
    setting: Setting, aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(setting)
    session = boto3.Session(region_name="eu-central-1")
    second = replace(
        setting,
        session=session,
        identity=replace(setting.identity, region="eu-central-1"),
        repository_name=f"{setting.repository_name}-2",
    )
    bootstrap(aws, second.client("ssm"), second.client("iam"), "eu-central-1")
    with pytest.raises(OperationError, match="with ROLE_PREFIX=euc1- in"):
        plan(steps_of(second))
    monkeypatch.setenv("ROLE_PREFIX", "euc1-")
    monkeypatch.setenv("ROLE_PATH", "/company/ml/")
    register(second)
    assert plan(steps_of(second)) == []
    monkeypatch.delenv("ROLE_PREFIX")
    monkeypatch.delenv("ROLE_PATH")
    assert plan(steps_of(setting)) == []
    roles = {role["Arn"] for role in aws.client("iam").list_roles()["Roles"]}
    own = "mlops-sm-project-registration"
    start = f"arn:aws:iam::{setting.identity.account}:role"
    assert {f"{start}/{own}", f"{start}/company/ml/euc1-{own}"} <= roles


def test_a_provider_of_the_account_is_left_as_it_is(setting: Setting, aws: LocalAws) -> None:
    setting.client("iam").create_open_id_connect_provider(
        Url=f"https://{setting.github.issuer}", ClientIDList=["sts.amazonaws.com", "others"]
    )
    register(setting)
    assert plan(steps_of(setting)) == []
    stack = aws.client("cloudformation").describe_stack_resources(
        StackName=prerequisites_step.STACK
    )["StackResources"]
    assert "OpenIdConnectProvider" not in {one["LogicalResourceId"] for one in stack}
