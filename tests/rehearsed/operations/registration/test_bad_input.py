"""What is in a registration's way is one sentence with its remedy, and the next start goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import boto3
import pytest

from operations.errors import BootstrapNotWholeError, OperationError
from operations.registration import prerequisites_step
from operations.registration.registration import steps_of
from operations.registration.setting import Setting
from operations.steps.row import plan
from rehearsal.tests.emulator.local_aws import REGION, LocalAws, allow, policy
from rehearsal.tests.github.served_github import ServedGitHub
from tests.rehearsed.operations.disturbed_steps import carry_all_out
from tests.rehearsed.operations.registration.conftest import Typed

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(300)]


def _answers(setting: Setting) -> tuple[str, ...]:
    return ("--yes", "--role", setting.role_arn, "--owner", "octo")


@pytest.fixture
def refuse(github: ServedGitHub) -> Iterator[Callable[[str, str], None]]:
    """Let GitHub answer requests as it does who may not send them; empty: let it answer again."""

    def set_fault(method: str, path: str) -> None:
        github.control("faults", "DELETE")
        if method:
            wish = {"fault": "404", "method": method, "path": path, "times": 0}
            assert github.control("faults", "POST", wish).status < 300

    yield set_fault
    github.control("faults", "DELETE")


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("POST", "/user/repos$", "GitHub did not make octo/"),
        ("PUT", "/actions/secrets/AWS_REGION$", "GitHub did not set the secret AWS_REGION (404 "),
        *(
            pytest.param(*row, marks=pytest.mark.proof("scenarios"))
            for row in (
                ("POST", "/actions/variables$", "GitHub did not set the variable TAGS (404 "),
                ("GET", "git-receive-pack", "`git push` failed ("),
            )
        ),
    ],
)
def test_what_the_token_may_not_do_in_one_step(
    setting: Setting,
    refuse: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    said: str,
) -> None:
    monkeypatch.setenv("TAGS", "team=a")
    refuse(method, path)
    with pytest.raises(OperationError) as refused:
        carry_all_out(steps_of(setting))
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)
    refuse("", "")
    carry_all_out(steps_of(setting))
    assert plan(steps_of(setting)) == []


@pytest.mark.parametrize(
    "right",
    [
        "ssm:GetParameter",
        "cloudformation:CreateStack",
        pytest.param("iam:GetOpenIDConnectProvider", marks=pytest.mark.proof("scenarios")),
        pytest.param("cloudformation:DescribeStacks", marks=pytest.mark.proof("scenarios")),
    ],
)
def test_what_the_profile_may_not_do_in_one_step(
    typed: Typed, setting: Setting, aws: LocalAws, monkeypatch: pytest.MonkeyPatch, right: str
) -> None:
    forbidden = {**allow(right), "Effect": "Deny"}
    key, secret, _ = aws.user("engineer", allow("*"), forbidden)
    with monkeypatch.context() as of_the_engineer:
        of_the_engineer.setenv("AWS_ACCESS_KEY_ID", str(key))
        of_the_engineer.setenv("AWS_SECRET_ACCESS_KEY", str(secret))
        refused = typed(*_answers(setting))
        assert refused.exit_code == 1
        said = refused.error
        assert said.startswith("AWS did not do its part (AccessDenied")
        assert right in said
        assert said.endswith("check the credentials, the region and the rights of AWS_PROFILE.\n")
        aws.client("iam").put_user_policy(
            UserName="engineer", PolicyName="p", PolicyDocument=policy(allow("*"))
        )
        done = typed(*_answers(setting))
    assert done.exit_code == 0, done.output


def test_a_half_bootstrapped_account(setting: Setting, aws: LocalAws) -> None:
    role = f"cdk-hnb659fds-cfn-exec-role-{setting.identity.account}-{REGION}"
    aws.client("iam").delete_role(RoleName=role)
    with pytest.raises(BootstrapNotWholeError) as refused:
        plan(steps_of(setting))
    assert f"not whole: {role} is missing; run `cdk bootstrap --app" in str(refused.value)
    aws.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    carry_all_out(steps_of(setting))
    assert plan(steps_of(setting)) == []


def test_who_may_not_look_at_roles_may_still_register(setting: Setting, aws: LocalAws) -> None:
    key, secret, _ = aws.user("blind", allow("*"), {**allow("iam:GetRole"), "Effect": "Deny"})
    session = boto3.Session(str(key), str(secret), region_name=REGION)
    assert len(plan(steps_of(replace(setting, session=session)))) == 5


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"JOBS_SUBNETS": "subnet-01234567"}, "JOBS_SECURITY_GROUPS belong together: give both"),
        ({"STUDIO_ROLES": "{role}"}, "is the first role already; take it out"),
        ({"AWS_ACCOUNT": "444455556666"}, "but the credentials are for"),
        ({"ALARM_TOPIC_ARN": "arn:aws:sns:us-east-1:{account}:t"}, "name one in eu-west-1"),
    ],
)
def test_settings_that_contradict_each_other_or_the_account(
    typed: Typed,
    setting: Setting,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    said: str,
) -> None:
    for name, value in settings.items():
        filled = value.format(role=setting.role_arn, account=setting.identity.account)
        monkeypatch.setenv(name, filled)
    refused = typed(*_answers(setting))
    assert refused.exit_code == 1
    assert said in refused.error
    assert "correct it in" in refused.error
    assert prerequisites_step.PrerequisitesStep(setting).look().startswith("make the stack")
    for name in settings:
        monkeypatch.delenv(name)
    assert typed(*_answers(setting)).exit_code == 0


def test_two_registrations_at_once(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step of the one is done by the other after the first has looked."""
    monkeypatch.setenv("TAGS", "team=a")
    for one, other in zip(steps_of(setting), steps_of(setting), strict=True):
        if one.look():
            other.do()
            one.do()
    assert plan(steps_of(setting)) == []
    conclusions = {run.conclusion for run in setting.repository().get_workflow_runs()}
    assert conclusions == {"success"}
