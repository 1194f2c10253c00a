"""One project on real servers, whose roles lose one action at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.laboratory.permissions import mutation
from rehearsal.laboratory.permissions.granted import SHOWN_STAGE, read_granted
from rehearsal.laboratory.permissions.tried import TRIED
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.permissions.build_program import BuildProgram
from tests.rehearsed.permissions.checkout import Checkout
from tests.rehearsed.permissions.company_lake import PARTNER, make_lakes
from tests.rehearsed.permissions.endpoint_stack import EndpointStack
from tests.rehearsed.permissions.pipeline import Pipeline

ROOT = Path(__file__).resolve().parents[3]

DEPLOY, CLOUDFORMATION = names.stage_duties(SHOWN_STAGE)
IN_THE_PROOF = pytest.mark.proof("permissions")
Without = Callable[[str, str], AbstractContextManager[None]]


def tried(purpose: str, *, but: str = "") -> Any:
    """Give a test each action that is taken from a role, with what the page says is seen.

    The first action of those that are seen alike is tried in the tier `test`, the others later.

    Args:
        purpose: of the role.
        but: what another test sees.
    """
    cases = [
        pytest.param(seen, action, marks=[IN_THE_PROOF] if number else [])
        for seen, actions in TRIED[purpose].items()
        if seen != but
        for number, action in enumerate(actions)
    ]
    return pytest.mark.parametrize(("seen", "action"), cases)


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Servers with a runner that is offline, and a user whose token has an end."""
    state = tmp_path_factory.mktemp("mutations") / "state"
    end = datetime.now(UTC) + timedelta(days=60)
    with open_ground(
        ROOT,
        state,
        lanes=1,
        content_limit="0,0",
        expires_at={"lane-01": end.isoformat()},
        settings=lambda world: {"DATA_LOCATIONS": make_lakes(world)},
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def sessions(ground: Ground) -> RoleSessions:
    return RoleSessions(ground.world.administrator)


@pytest.fixture(scope="session")
def project(ground: Ground) -> TrialProject:
    made = TrialProject(Lane(ground, ground.lanes[0]), "rings")
    launched = made.launch(DataLocations=PARTNER)  # so that it has a reader
    assert launched.is_good, launched.reason
    return made


@pytest.fixture(scope="session")
def without(ground: Ground, project: TrialProject) -> Without:
    """Take an action from the project's role of a purpose, or from a role of the template."""
    administrator = ground.world.administrator
    roles = {purpose: grants[0]["role"] for purpose, grants in read_granted(administrator).items()}
    for purpose in ("build", "execution", "reader", DEPLOY, CLOUDFORMATION):
        roles[purpose] = names.project_role(project.id, purpose)
    return lambda purpose, action: mutation.without(administrator, roles[purpose], action)


@pytest.fixture(scope="session")
def checkouts(
    ground: Ground,
    project: TrialProject,
    sessions: RoleSessions,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Checkout]:
    """By duty both repositories, each with the credentials of its own role."""
    return {
        duty: Checkout.clone(
            ground.world,
            repository,
            project.lane.token,
            tmp_path_factory.mktemp(duty) / "repository",
            sessions.of(names.project_role(project.id, duty)),
        )
        for duty, repository in zip(("build", DEPLOY), project.repositories, strict=True)
    }


@pytest.fixture(scope="session")
def build(checkouts: dict[str, Checkout]) -> Iterator[BuildProgram]:
    with BuildProgram(checkouts["build"]) as program:
        yield program


@pytest.fixture(scope="session")
def pipeline(project: TrialProject, build: BuildProgram) -> Pipeline:
    """The project's pipeline, made by a build, after its first execution."""
    made = Pipeline(project)
    made.remove()
    done = build.run()
    assert done.exit_code == 0, done.output
    first = made.await_newest()
    assert first.status == "Succeeded", first.reasons
    return made


@pytest.fixture(scope="session")
def models(project: TrialProject, pipeline: Pipeline) -> tuple[str, str]:
    """Two versions of the same trained model, the newer first, both of which were approved."""
    sagemaker = project.lane.administrator("sagemaker")
    assert pipeline.execute().status == "Succeeded"
    group = names.pipeline(project.name, project.id)
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )["ModelPackageSummaryList"]
    first, second = [str(package["ModelPackageArn"]) for package in listed[:2]]
    approver = Approver(project)
    for arn in (second, first):  # an older one that is approved after a newer is not deployed
        approver.decide(arn)
        approver.wait_until_started(arn, seconds=60)
    return first, second


@pytest.fixture(scope="session")
def stack(
    project: TrialProject, checkouts: dict[str, Checkout], models: tuple[str, str]
) -> EndpointStack:
    return EndpointStack(project, checkouts[DEPLOY], models)
