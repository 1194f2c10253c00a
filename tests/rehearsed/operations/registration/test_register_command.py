"""What people type, are asked and are told; programs get JSON alone."""

from __future__ import annotations

import json

import pytest

from operations.registration.prerequisites_step import STACK
from operations.registration.setting import Setting
from rehearsal.tests.github.served_github import NO_WORKFLOW
from tests.rehearsed.operations.registration.conftest import Typed

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(300)]


def test_a_dry_run_shows_the_plan_and_does_nothing(typed: Typed, setting: Setting) -> None:
    shown = typed("--dry-run", "--role", setting.role_arn, "--owner", "octo")
    assert shown.exit_code == 0, shown.output
    assert f"- make the private repository {setting.full_name}" in shown.output
    told = json.loads(
        typed("--dry-run", "--json", "--role", setting.role_arn, "--owner", "octo").output
    )
    assert told["done"] == []
    assert len(told["plan"]) == 5
    assert "Costs while nobody uses it, at list prices of eu-west-1 of 20" in shown.output
    assert "  - each project $1.40 a month (its secret $0.40, its key $1.00); " in shown.output
    assert [one["monthly_usd"] for one in told["monthly_costs"]] == [1.01, 1.4]


def test_without_a_terminal_nobody_agrees(typed: Typed, setting: Setting) -> None:
    refused = typed("--role", setting.role_arn, "--owner", "octo")
    assert refused.exit_code == 1
    assert refused.error == "Nothing was done; start it at a terminal, or with --yes.\n"


def test_without_a_domain_a_role_is_asked_for(typed: Typed) -> None:
    refused = typed("--owner", "octo", "--yes")
    assert "make one with the quick set-up" in refused.error


def test_all_roles_of_named_domains_are_let_in_and_kept(typed: Typed, setting: Setting) -> None:
    iam, sagemaker = setting.client("iam"), setting.client("sagemaker")
    own = [
        iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name in ("Pricing", "Ada")
    ]
    for name, role in (("science", setting.role_arn), ("pricing", own[0])):
        domain = sagemaker.create_domain(
            DomainName=name, AuthMode="IAM", DefaultUserSettings={"ExecutionRole": role}
        )["DomainId"]
    profile = {"DomainId": domain, "UserProfileName": "ada"}
    sagemaker.create_user_profile(**profile, UserSettings={"ExecutionRole": own[1]})
    done = typed("--yes", "--owner", "octo", "--domains", "pricing")
    assert done.exit_code == 0, done.output
    assert _registered(setting) == {"STUDIO_DOMAINS": "pricing", "STUDIO_ROLES": own[1]}
    assert "as a user of Pricing or Ada" in done.output
    # Nobody names them again, on a machine without settings either.
    assert "There is nothing to do" in typed("--yes", "--owner", "octo").output
    sagemaker.delete_user_profile(**profile)
    shown = typed("--dry-run", "--owner", "octo").output
    assert "- set the variables STUDIO_ROLES" in shown
    assert "- run the workflow again, since settings changed" in shown
    assert typed("--yes", "--owner", "octo").exit_code == 0
    assert _registered(setting) == {"STUDIO_DOMAINS": "pricing", "STUDIO_ROLES": ","}
    refused = typed("--yes", "--owner", "octo", "--domains", "risk")
    assert "no SageMaker domain risk in eu-west-1" in refused.error


def _registered(setting: Setting) -> dict[str, str]:
    """The repository's variables, after the stack was compared with them."""
    told = {one.name: one.value for one in setting.repository().get_variables()}
    stack = setting.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    values = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    further = [arn.rpartition("/")[2] for arn in told.get("STUDIO_ROLES", "").split(",") if arn]
    assert values["ExecutionRoleName"].split(",")[1:] == further
    return told


def test_the_only_owner_needs_no_answer(
    typed: Typed, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", NO_WORKFLOW)
    shown = typed("--dry-run", "--role", setting.role_arn)
    assert f"/{setting.full_name}\n" in shown.output


def test_it_tells_each_step_and_what_to_click(typed: Typed, setting: Setting) -> None:
    done = typed("--yes", "--role", setting.role_arn, "--owner", "octo")
    assert done.exit_code == 0, done.output
    assert "[7/7] Register the template by its workflow" in done.output
    assert "Organization templates" in done.output
    again = typed("--yes", "--role", setting.role_arn, "--owner", "octo")
    assert "There is nothing to do" in again.output
    assert "[1/7]" not in again.output


def test_a_wrong_token_is_told_in_one_sentence(
    typed: Typed, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "wrong")
    refused = typed("--yes", "--role", setting.role_arn)
    assert refused.error.startswith("GitHub did not tell whose token this is (401 ")
