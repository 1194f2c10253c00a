"""The template's repository is read off the remote of the clone."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from operations.doctor.template_repository import find_repository, trusted_repository

_ISSUER = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://github.com/acme/template.git", "acme/template"),
        ("https://github.com/acme/template", "acme/template"),
        ("https://somebody@github.com/acme/my.template.git", "acme/my.template"),
        ("git@github.com:acme/template.git", "acme/template"),
        ("ssh://git@github.com/acme/template", "acme/template"),
        ("https://github.example.com/acme/template.git", None),
        ("git@gitlab.com:acme/template.git", None),
        ("/srv/git/template.git", None),
        (None, None),
    ],
)
def test_remote(address: str | None, name: str | None, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    if address is not None:
        subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", address], check=True)
    assert find_repository("https://github.com", tmp_path) == name


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("repo:acme@12/my.template_1@345:ref:refs/heads/main", "acme/my.template_1"),
        ("repo:acme/template:ref:refs/heads/main", "acme/template"),
        ("repo:acme/template:environment:prod", "acme/template"),
        ("repository_owner_id:12", None),
        ([], None),
    ],
)
def test_the_repository_that_the_role_trusts(subject: str | list[str], name: str | None) -> None:
    condition = {"StringEquals": {f"{_ISSUER}:sub": subject}}
    document = {"Statement": [{"Condition": condition}]}
    told = {"Role": {"AssumeRolePolicyDocument": document}}
    iam = SimpleNamespace(get_role=lambda **_: told)
    assert trusted_repository(iam, _ISSUER) == name
