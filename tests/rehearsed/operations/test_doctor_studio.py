"""What `doctor` finds of Studio in the local AWS."""

from __future__ import annotations

from typing import Any

import pytest

from operations.aws_session import Identity
from operations.doctor.studio import look_at_rights, look_at_studio
from operations.findings import Finding
from operations.studio_roles import PARAMETER, StudioRole, list_studio_roles
from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    REGION,
    LocalAws,
    allow,
    trust,
)
from tests.rehearsed.operations.findings_read import levels, read

WHO = Identity(ACCOUNT, "aws", REGION, f"arn:aws:iam::{ACCOUNT}:root")
SAGEMAKER = {"Service": "sagemaker.amazonaws.com"}
CREATE = ["sagemaker:CreateProject", "servicecatalog:ProvisionProduct"]


@pytest.fixture(scope="module")
def roles(aws: LocalAws) -> dict[str, str]:
    """A domain's role, and one that a profile of it has for itself."""
    made = {name: aws.role(f"studio-{name}", trust(SAGEMAKER)) for name in ("all", "own")}
    sagemaker = aws.client("sagemaker")
    domain = sagemaker.create_domain(
        DomainName="science",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": made["all"]},
        DefaultSpaceSettings={"ExecutionRole": made["all"]},
    )["DomainId"]
    sagemaker.create_user_profile(DomainId=domain, UserProfileName="ada")
    for number in range(5):
        sagemaker.create_user_profile(
            DomainId=domain,
            UserProfileName=f"own-{number}",
            UserSettings={"ExecutionRole": made["own"]},
        )
    return made


@pytest.fixture
def register(aws: LocalAws) -> Any:
    ssm = aws.client("ssm")

    def put(role: str) -> None:
        ssm.put_parameter(Name=PARAMETER, Type="String", Value=role, Overwrite=True)

    yield put
    ssm.delete_parameter(Name=PARAMETER)


def test_roles_come_with_whose_they_are(aws: LocalAws, roles: dict[str, str]) -> None:
    owners = tuple(f"profile own-{number} of domain science" for number in range(5))
    science = ("science",)
    assert list_studio_roles(aws.client("sagemaker")) == [
        StudioRole(roles["all"], ("domain science", "shared spaces of domain science"), science),
        StudioRole(roles["own"], owners, science),
    ]


def test_no_domain_fails(aws: LocalAws) -> None:
    other = aws.of_account(OTHER_ACCOUNT)
    found = list(look_at_studio(other.client("sagemaker"), other.client("ssm")))
    assert "no SageMaker domain in eu-west-1" in read(found, "fails")


def test_before_the_registration_every_role_is_offered(
    aws: LocalAws, roles: dict[str, str]
) -> None:
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm")))
    assert levels(found) == ["ok", "ok"]
    assert "and 2 more" in read(found, "ok")
    assert list(look_at_rights(aws.client("iam"), aws.client("ssm"), WHO)) == []


def test_the_roles_that_see_no_template_are_named(
    aws: LocalAws, roles: dict[str, str], register: Any
) -> None:
    register(roles["all"])
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm")))
    assert levels(found) == ["ok", "note"]
    assert f"whose role is {roles['own']}" in read(found, "note")


def test_a_further_role_of_the_settings_is_registered_too(
    aws: LocalAws, roles: dict[str, str], register: Any
) -> None:
    register(roles["all"])
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm"), (roles["own"],)))
    assert levels(found) == ["ok", "ok"]
    register(aws.role("studio-nobodys-first", trust(SAGEMAKER)))
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm"), (roles["own"],)))
    assert levels(found) == ["note", "ok"]


@pytest.mark.parametrize(
    ("named", "level", "said"),
    [("all", "fails", "names already; take it out"), ("nobody", "note", "of no domain and no")],
)
def test_a_further_role_that_is_none_is_named(
    aws: LocalAws, roles: dict[str, str], register: Any, named: str, level: str, said: str
) -> None:
    register(roles["all"])
    role = roles.get(named, f"arn:aws:iam::{ACCOUNT}:role/{named}")
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm"), (role,)))
    assert f"STUDIO_ROLES names {role}, which" in read(found, level)
    assert said in read(found, level)


def test_a_role_that_is_missing_in_a_named_domain_is_told_once(
    aws: LocalAws, roles: dict[str, str], register: Any
) -> None:
    def found(*further: str) -> list[Finding]:
        clients = aws.client("sagemaker"), aws.client("ssm")
        return list(look_at_studio(*clients, further, ("science",)))

    assert levels(found()) == ["ok", "ok"]  # before the registration
    register(roles["all"])
    assert levels(found()) == ["ok", "fails"]
    assert roles["own"] in read(found(), "fails")
    assert levels(found(roles["own"])) == ["ok", "ok", "ok"]
    assert "register again, which takes it out" in read(
        found(roles["own"], roles["all"] + "2"), "note"
    )


def test_a_role_that_nobody_has_fails(aws: LocalAws, roles: dict[str, str], register: Any) -> None:
    register(aws.role("studio-nobody", trust(SAGEMAKER)))
    found = list(look_at_studio(aws.client("sagemaker"), aws.client("ssm")))
    assert "Studio offers the template to nobody" in read(found, "fails")


def test_a_role_without_the_prerequisites_fails(aws: LocalAws, register: Any) -> None:
    register(aws.role("studio-bare", trust(SAGEMAKER), allow(CREATE)))
    found = list(look_at_rights(aws.client("iam"), aws.client("ssm"), WHO))
    said = read(found, "fails")
    assert "may not sagemaker:StartPipelineExecution; deploy the prerequisites" in said
    register(aws.role("studio-full", trust(SAGEMAKER), allow([*CREATE, "sagemaker:Start*"])))
    assert levels(look_at_rights(aws.client("iam"), aws.client("ssm"), WHO)) == ["ok"]


def test_each_further_role_is_asked_about(aws: LocalAws, register: Any) -> None:
    full = allow([*CREATE, "sagemaker:Start*"])
    register(aws.role("studio-first", trust(SAGEMAKER), full))
    more = [aws.role("studio-more", trust(SAGEMAKER), full)]
    more.append(aws.role("studio-less", trust(SAGEMAKER)))
    found = list(look_at_rights(aws.client("iam"), aws.client("ssm"), WHO, tuple(more)))
    assert levels(found) == ["ok", "ok", "fails"]
    assert f"{more[1]} may not sagemaker:CreateProject" in read(found, "fails")
