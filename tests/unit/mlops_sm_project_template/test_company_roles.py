"""Path, prefix and boundary of roles, as the settings take them."""

from pathlib import Path

import pytest

from mlops_sm_project_template.config.company_roles import CompanyRoles
from mlops_sm_project_template.config.settings import Settings, SettingsError

_BOUNDARY = "arn:aws:iam::111122223333:policy/company/Boundary"


def _load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    known = {"AWS_ACCOUNT": "111122223333", "AWS_REGION": "eu-west-1"}
    for name in ("ROLE_PATH", "ROLE_PREFIX", "PERMISSIONS_BOUNDARY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**known, **settings}.items():
        monkeypatch.setenv(name, value)
    return Settings.load(tmp_path / ".env")


def test_without_a_word_roles_are_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = _load(tmp_path, monkeypatch, ROLE_PATH="", PERMISSIONS_BOUNDARY="").roles
    assert roles == CompanyRoles()
    assert (roles.role("NAME"), roles.policy("NAME")) == ("role/NAME", "policy/NAME")


def test_path_and_prefix_stand_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = {"ROLE_PATH": "/company/ml/", "ROLE_PREFIX": "acme-"}
    roles = _load(tmp_path, monkeypatch, **wishes, PERMISSIONS_BOUNDARY=_BOUNDARY).roles
    assert roles.role("NAME") == "role/company/ml/acme-NAME"
    assert roles.policy("NAME") == "policy/acme-NAME"
    assert roles.boundary == _BOUNDARY


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ROLE_PATH", "company", "ROLE_PATH is 'company' but must be the path of the roles"),
        ("ROLE_PATH", "/company", "must be the path"),
        ("ROLE_PATH", "/a*/", "must be the path"),
        ("ROLE_PATH", "//", "must be the path"),
        ("ROLE_PREFIX", "far-too-long", "at most 8 letters, digits, _ and -"),
        ("ROLE_PREFIX", "a*", "at most 8 letters"),
        ("PERMISSIONS_BOUNDARY", "Boundary", "'Boundary' is not the ARN of a managed policy, such"),
        ("PERMISSIONS_BOUNDARY", f"{_BOUNDARY}*", "is not the ARN of a managed policy"),
        ("PERMISSIONS_BOUNDARY", _BOUNDARY.replace("policy/", "role/"), "is not the ARN"),
        (
            "PERMISSIONS_BOUNDARY",
            _BOUNDARY.replace("1111", "4444"),
            "is a policy of account 444422223333, but IAM takes a boundary of the role's own",
        ),
        (
            "PERMISSIONS_BOUNDARY",
            _BOUNDARY.replace("arn:aws:", "arn:aws-cn:"),
            "is not in this region's partition; write arn:aws:",
        ),
    ],
)
def test_what_iam_would_refuse_is_refused_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        _load(tmp_path, monkeypatch, **{name: value})
    assert sentence in str(refused.value)
