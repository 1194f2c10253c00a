"""Further roles of Studio: what is read, and what is refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_sm_project_template.config.settings import Settings, SettingsError
from mlops_sm_project_template.config.studio_roles import StudioRoleError, parse_studio_roles

_ACCOUNT, _REGION = "111122223333", "eu-west-1"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role"


def _load(tmp_path: Path, roles: str, **values: str) -> Settings:
    lines = {"AWS_ACCOUNT": _ACCOUNT, "AWS_REGION": _REGION, **values, "STUDIO_ROLES": roles}
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    return Settings.load(file)


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("", ()),
        (" , ", ()),
        (f"{_ROLE}/B", (f"{_ROLE}/B",)),
        (f" {_ROLE}/b/c/B.1_=@+ ,{_ROLE}/C,", (f"{_ROLE}/b/c/B.1_=@+", f"{_ROLE}/C")),
        (",".join(f"{_ROLE}/{n}" for n in range(10)), tuple(f"{_ROLE}/{n}" for n in range(10))),
    ],
)
def test_roles_are_read_in_their_order(tmp_path: Path, text: str, roles: tuple[str, ...]) -> None:
    assert _load(tmp_path, text).studio_roles == roles


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_region_decides_the_partition(region: str, partition: str) -> None:
    role = f"arn:{partition}:iam::{_ACCOUNT}:role/B"
    assert parse_studio_roles(role, account=_ACCOUNT, region=region) == (role,)
    other = role.replace(partition, "aws-cn" if partition == "aws" else "aws")
    with pytest.raises(StudioRoleError, match=f"write arn:{partition}:"):
        parse_studio_roles(other, account=_ACCOUNT, region=region)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Team-B", f"'Team-B' is not the ARN of a role, such as {_ROLE}/NAME"),
        (f"{_ROLE}/", "is not the ARN of a role"),
        (f"{_ROLE}/*", "is not the ARN of a role"),
        (f"{_ROLE}/Team-?", "is not the ARN of a role"),
        (f"{_ROLE}/{'x' * 65}", "is not the ARN of a role"),
        (f"{_ROLE}/a {_ROLE}/b", "is not the ARN of a role"),
        (f"arn:aws:iam::{_ACCOUNT}:user/ada", "is not the ARN of a role"),
        (f"arn:aws:iam::{_ACCOUNT}:root", "is not the ARN of a role"),
        (f"arn:aws:sts::{_ACCOUNT}:assumed-role/B/ada", "is not the ARN of a role"),
        ("arn:aws:iam::444455556666:role/B", "is a role of account 444455556666"),
        (f"arn:aws-cn:iam::{_ACCOUNT}:role/B", "write arn:aws:"),
        (f"{_ROLE}/B,{_ROLE}/C, {_ROLE}/B", f"{_ROLE}/B stands there twice; name each role once"),
        (",".join(f"{_ROLE}/{n}" for n in range(11)), "it names 11 roles; name at most 10"),
    ],
)
def test_what_is_no_further_role_is_refused_in_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, text)
    said = str(refused.value)
    assert said.startswith("STUDIO_ROLES is refused: ")
    assert sentence in said
    assert said.endswith("in the environment or in .env (see .env.example).")


def test_an_account_that_is_wrong_is_told_alone(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, f"{_ROLE}/B", AWS_ACCOUNT="1")
    assert "STUDIO_ROLES" not in str(refused.value)


@given(st.text("Bb0/:,*?${} arnws", max_size=40))
def test_no_role_is_taken_that_iam_reads_as_a_pattern(name: str) -> None:
    try:
        roles = parse_studio_roles(f"{_ROLE}/{name}", account=_ACCOUNT, region=_REGION)
    except StudioRoleError:
        return
    assert all(re.fullmatch(r"arn:aws:iam::111122223333:role/[Bb0/arnws]+", role) for role in roles)
