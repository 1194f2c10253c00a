"""A registration from this machine, with no repository, by the real `cdk`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlops_sm_project_template.config import names
from operations.registration import prerequisites_step
from operations.registration.registration import steps_of
from operations.registration.setting import Setting
from operations.steps.row import carry_out, plan
from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy
from tests.rehearsed.clone import ROOT, copy_files
from tests.rehearsed.operations.registration.conftest import ROLE, prepared

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(600)]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    """The first account of a server of its own, where alone products are."""
    server = LocalAws(tmp_path / "aws").start()
    yield prepared(server)
    assert server.stop() == 0


@pytest.fixture
def by_hand(setting: Setting, tmp_path: Path) -> Setting:
    """The whole project, in an account that was bootstrapped for others only."""
    folder = tmp_path / "project"
    copy_files(folder)
    for installed in ("node_modules", ".images"):
        (folder / installed).symlink_to(ROOT / installed)
    return replace(setting, folder=folder, owner="", qualifier="company")


def _boundaries(aws: LocalAws) -> dict[str, str]:
    """The boundary of each role but Studio's and others' bootstrap's; empty for none."""
    iam = aws.client("iam")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    names = [name for name in names if name != ROLE and not name.startswith("cdk-hnb659fds-")]
    roles = {name: iam.get_role(RoleName=name)["Role"] for name in names}
    return {
        name: role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", "")
        for name, role in roles.items()
    }


def test_it_bootstraps_with_the_companys_qualifier_prepares_and_deploys(
    by_hand: Setting, aws: LocalAws, github: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", by_hand.github.server_url)
    everything = policy(allow("*"))
    made_boundary = aws.client("iam").create_policy(
        PolicyName="Boundary", Path="/company/", PolicyDocument=everything
    )["Policy"]["Arn"]
    monkeypatch.setenv("PERMISSIONS_BOUNDARY", made_boundary)
    monkeypatch.setenv("ROLE_PREFIX", "acme-")
    assert len(plan(steps_of(by_hand))) == 3
    done = list(carry_out(steps_of(by_hand), lambda _number, _step: None))
    assert all(one.did for one in done)
    products = aws.client("servicecatalog").search_products_as_admin()["ProductViewDetails"]
    assert [one["ProductViewSummary"]["Name"] for one in products] == [names.PRODUCT]
    made = aws.client("cloudformation").describe_stack_resources(StackName=prerequisites_step.STACK)
    roles = [one for one in made["StackResources"] if one["ResourceType"] == "AWS::IAM::Role"]
    assert roles == []  # no workflow registers
    assert aws.client("cloudformation").describe_stacks(StackName="CDKToolkit-company")["Stacks"]
    assert plan(steps_of(by_hand)) == []
    boundaries = _boundaries(aws)
    assert len(boundaries) > 10  # of the bootstrap, and of the registration
    assert set(boundaries.values()) == {made_boundary}


def test_by_hand_the_role_of_a_workflow_stays(setting: Setting) -> None:
    steps = [step for step in steps_of(setting) if step.title != "Push the template"][:3]
    list(carry_out(steps, lambda _number, _step: None))
    step = prerequisites_step.PrerequisitesStep(replace(setting, owner=""))
    assert step.look() == ""
