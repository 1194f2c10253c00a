"""The same attacks where a company's boundary, which holds nothing back, is on every role.

What confines a role is then the registration's policy for its duty, and the tags that say whose
role it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.conductor.world import World
from tests.rehearsed.attacks.attack import ALLOWED, DENIED, EVERYTHING, OPEN_TRUST, Attack
from tests.rehearsed.attacks.conftest import LOCATION, Scene, open_scene
from tests.rehearsed.attacks.test_ways_up import PURPOSES, ROWS

_BOUNDARY = "company-boundary"
_COMPANY = CompanyRoles("/company/ml/", "acme-")
_POLICY = "arn:aws:iam::{account}:policy/"
_BUILD = {"RoleName": "mlops-{own_id}-build"}
_AS_LAUNCH_ROLE = (
    Attack(
        "make a role under our own boundary",
        "iam",
        "create_role",
        {
            "RoleName": "mlops-p-abcdefghijkl-build",
            "AssumeRolePolicyDocument": OPEN_TRUST,
            "PermissionsBoundary": _POLICY + names.PROJECT_BOUNDARY,
        },
    ),
    Attack(
        "put our own boundary in the company's place",
        "iam",
        "put_role_permissions_boundary",
        {**_BUILD, "PermissionsBoundary": _POLICY + names.PROJECT_BOUNDARY},
    ),
    Attack(
        "write a policy",
        "iam",
        "put_role_policy",
        {**_BUILD, "PolicyName": "up", "PolicyDocument": EVERYTHING},
    ),
    *(
        Attack(
            f"give a build role the policy {policy}",
            "iam",
            "attach_role_policy",
            {**_BUILD, "PolicyArn": _POLICY + policy},
        )
        for policy in (
            names.duty_policy("execution", "pipeline"),
            names.duty_policy("cloudformation", "endpoint"),
            names.PROJECT_BOUNDARY,
            _BOUNDARY,
        )
    ),
    *(
        Attack(
            f"give a role another project's {tag}",
            "iam",
            "tag_role",
            {
                "RoleName": "mlops-{own_id}-deploy-dev",
                "Tags": [{"Key": tag, "Value": "{victim_id}"}],
            },
        )
        for tag in (names.BOUNDARY_TAG, names.NAME_TAG_OF_ROLE, names.STAGE_TAG_OF_ROLE)
    ),
    Attack(
        "take the tag of its project from a role",
        "iam",
        "untag_role",
        {**_BUILD, "TagKeys": [names.BOUNDARY_TAG]},
    ),
)
_ALL = [*ROWS, *(("launch", attack) for attack in _AS_LAUNCH_ROLE)]


def _make_boundary(world: World) -> dict[str, str]:
    made = world.administrator.client("iam").create_policy(
        PolicyName=_BOUNDARY, PolicyDocument=EVERYTHING
    )
    return {
        "DATA_LOCATIONS": LOCATION,
        "PERMISSIONS_BOUNDARY": made["Policy"]["Arn"],
        "ROLE_PATH": _COMPANY.path,
        "ROLE_PREFIX": _COMPANY.prefix,
        "TAGS": "cost-center=4711",
    }


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Both projects, under a boundary that allows everything."""
    state = tmp_path_factory.mktemp("company") / "state"
    with open_scene(state, _make_boundary, _BOUNDARY, _COMPANY) as made:
        yield made


def test_every_role_has_the_companys_boundary_and_no_policy_of_its_own(confined: Scene) -> None:
    iam = confined.ground.world.administrator.client("iam")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{_BOUNDARY}"
    for duty in ("build", "execution", "reader", "deploy-dev", "cloudformation-prod"):
        name = confined.role_of(duty)
        role = iam.get_role(RoleName=name)["Role"]
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
        assert role["Path"] == _COMPANY.path
        assert not iam.list_role_policies(RoleName=name)["PolicyNames"]
    default = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]
    assert version["Document"] == json.loads(EVERYTHING), "it holds nothing back"


@pytest.mark.parametrize(("role", "attack"), _ALL, ids=[f"{r}: {a.aim}" for r, a in _ALL])
def test_it_is_denied(confined: Scene, role: str, attack: Attack) -> None:
    assert confined.answer_to(role, attack) in DENIED


@pytest.mark.parametrize(("role", "allowed"), PURPOSES)
def test_the_same_credentials_serve_their_purpose(
    confined: Scene, role: str, allowed: Attack
) -> None:
    assert confined.answer_to(role, allowed) in ALLOWED
