"""A version that approves itself, against either wall alone: IAM's policies, and the ledger.

Of the policies there are two, the role's own and its boundary; each alone refuses as well.
"""

from __future__ import annotations

import base64
import contextlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.tests.emulator.local_aws import wait_for
from tests.rehearsed.attacks.attack import ADMINISTRATOR, DENIED, EVERYTHING, Attack, answer, filled
from tests.rehearsed.attacks.conftest import Scene
from tests.rehearsed.attacks.of_project_roles import FORGERIES
from tests.rehearsed.permissions.checkout import Checkout

_NEVER = "9999-12-31T23:59:59.999Z"
_FORGED = {
    "ModelPackageGroupName": "{own}-{own_id}",
    "ModelApprovalStatus": "PendingManualApproval",
    "CustomerMetadataProperties": {"commit": "c", **dict.fromkeys(names.DISPLAY_KEYS, _NEVER)},
    "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
}
_STAGES = """
stages:
  - {name: dev, approval: automatic, serving: {mode: serverless}}
  - {name: prod, approval: registry, serving: {mode: serverless}}
"""


@contextlib.contextmanager
def _widened_role(scene: Scene) -> Iterator[None]:
    """The execution role's own policies allow everything."""
    iam = scene.ground.world.administrator.client("iam")
    policy = {"RoleName": scene.role_of("execution"), "PolicyName": "wide"}
    iam.put_role_policy(**policy, PolicyDocument=EVERYTHING)
    try:
        yield
    finally:
        iam.delete_role_policy(**policy)


@contextlib.contextmanager
def _widened_boundary(scene: Scene) -> Iterator[None]:
    """The execution role's boundary is one that allows everything."""
    iam, role = scene.ground.world.administrator.client("iam"), scene.role_of("execution")
    before = iam.get_role(RoleName=role)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert before.endswith(f":policy/{names.EXECUTION_BOUNDARY}")
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=ADMINISTRATOR)
    try:
        yield
    finally:
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=before)


def _answers(scene: Scene, attacks: tuple[Attack, ...]) -> set[str]:
    sagemaker = scene.as_role(scene.role_of("execution")).client("sagemaker")
    requests = (filled(attack.request, scene.names()) for attack in attacks)
    return {answer(sagemaker.create_model_package, request) for request in requests}


@pytest.mark.parametrize("widened", [_widened_role, _widened_boundary])
def test_either_policy_alone_refuses_every_forgery(scene: Scene, widened: Any) -> None:
    with widened(scene):
        assert _answers(scene, FORGERIES) <= DENIED


def test_without_both_policies_every_forgery_is_registered(scene: Scene) -> None:
    """So a denial is one of these policies, and of nothing else."""
    with _widened_role(scene), _widened_boundary(scene):
        assert _answers(scene, FORGERIES) == {"done"}


@pytest.fixture(scope="module")
def forged(scene: Scene) -> str:
    """ARN of a version that says everything of itself, and that a person approved."""
    sagemaker = scene.as_role(scene.role_of("execution")).client("sagemaker")
    with _widened_role(scene), _widened_boundary(scene):
        arn = sagemaker.create_model_package(**filled(_FORGED, scene.names()))["ModelPackageArn"]
    wait_for(lambda: not _shown(scene, arn), what="the end of what the version says of itself")
    _list_stages(scene)
    approver = Approver(scene.own)
    approver.decide(arn)
    approver.wait_until_started(arn)
    return str(arn)


def _shown(scene: Scene, arn: str) -> set[str]:
    """What the registry shows of a version that only the dispatch function may write."""
    sagemaker = scene.ground.world.administrator.client("sagemaker")
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    return set(names.DISPLAY_KEYS) & set(found.get("CustomerMetadataProperties") or {})


def test_what_a_build_says_of_a_stage_that_a_project_named_is_taken_away(scene: Scene) -> None:
    """A policy cannot name keys that it does not know; nothing is decided on them meanwhile."""
    said = {"live-healthy": _NEVER, "live-last": f"{_NEVER} deployed", "approved-by-live": "me"}
    request = {
        "ModelPackageGroupName": "{own}-{own_id}",
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"commit": "c", **said},
    }
    own = scene.as_role(scene.role_of("execution")).client("sagemaker")
    arn = own.create_model_package(**filled(request, scene.names()))["ModelPackageArn"]
    sagemaker = scene.ground.world.administrator.client("sagemaker")

    def taken_away() -> bool:
        found = sagemaker.describe_model_package(ModelPackageName=arn)
        return bool(found["CustomerMetadataProperties"] == {"commit": "c"})

    wait_for(taken_away, what="the end of what the version says of the stage")


def _handled(scene: Scene, event: dict[str, Any]) -> str:
    """What the dispatch function says of an event."""
    functions = scene.ground.world.administrator.client("lambda")
    sent = functions.invoke(FunctionName=names.DISPATCH_FUNCTION, Payload=json.dumps(event))
    return str(json.loads(sent["Payload"].read()))


def _report(scene: Scene, arn: str) -> dict[str, Any]:
    """The event of the version's run, which ended well in dev."""
    now = datetime.now(UTC)
    return {
        "id": f"report-{now.timestamp()}",
        "source": names.report_source(scene.own.id, "dev"),
        "detail-type": names.REPORT_EVENT,
        "detail": {
            "modelPackageGroupName": names.pipeline(scene.own.name, scene.own.id),
            "modelPackageArn": arn,
            "stage": "dev",
            "outcome": "deployed",
            "serves": arn,
            "at": f"{now:%Y-%m-%dT%H:%M:%S.000Z}",
            "runUrl": Approver(scene.own).run_url(arn),
        },
    }


def _list_stages(scene: Scene) -> None:
    """Have the project list prod after dev, where somebody opens the stage in the registry."""
    _, deploy = scene.own.repositories
    path = f"/repos/{deploy}/contents/config/stages.yml"
    known = scene.own.lane.github("GET", path).json()
    content = base64.b64encode(_STAGES.encode()).decode()
    body = {"message": "List prod", "content": content, "sha": known["sha"]}
    assert scene.own.lane.github("PUT", path, json=body).ok


def test_the_function_starts_the_first_stage_alone(scene: Scene, forged: str) -> None:
    sagemaker = scene.ground.world.administrator.client("sagemaker")
    # The function shows whose approval it was after it started the run.
    wait_for(lambda: _shown(scene, forged), what="what the registry shows of the approval")
    shown = sagemaker.describe_model_package(ModelPackageName=forged)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert shown["CustomerMetadataProperties"] == {"commit": "c", "approved-by": root}
    assert shown["ModelLifeCycle"]["StageStatus"] == "PendingApproval"
    assert "asked for an approval of prod" in _handled(scene, _report(scene, forged))
    _, deploy = scene.own.repositories
    path = f"/repos/{deploy}/actions/runs?per_page=100"
    runs = scene.own.lane.github("GET", path).json()["workflow_runs"]
    titles = [run["display_title"] for run in runs if forged in run["display_title"]]
    assert titles == [f"Deploy {forged} to dev"]


def test_the_workflow_of_prod_admits_it_not(scene: Scene, forged: str, tmp_path: Path) -> None:
    _, deploy = scene.own.repositories
    user = scene.as_role(scene.role_of("deploy-prod"))
    checkout = Checkout.clone(
        scene.ground.world, deploy, scene.own.lane.token, tmp_path / "deploy", user
    )
    _put_back(scene, forged)
    admit = (sys.executable, "vendor", "admit_model", "--model-package-arn", forged)
    done = checkout.run(*admit, STAGE="prod")
    assert f"error: {forged} is not approved for prod; somebody else" in done.output, done.output


def _put_back(scene: Scene, arn: str) -> None:
    """Let the version show again what it was registered with."""
    scene.ground.world.administrator.client("sagemaker").update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties=_FORGED["CustomerMetadataProperties"],
        ModelLifeCycle=_FORGED["ModelLifeCycle"],
    )
