"""What GitHub dropped for a later run is started again; what a person cancelled is not."""

import pytest

from deploy_dispatch.handler import LOOK_EVENT
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.approvals import approved
from tests.rehearsed.functions.deploy_dispatch.stages import begin, cancel, end, report
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld


def dispatch(world: DispatchWorld, workflow: str, **inputs: str) -> None:
    """Somebody starts a workflow by hand."""
    path = f"/repos/{REPOSITORY}/actions/workflows/{workflow}/dispatches"
    world.github.rest("POST", path, {"ref": "main", "inputs": inputs})


@pytest.mark.parametrize(
    ("waits", "began", "later", "seconds", "starts"),
    [
        (True, False, "", 0, 1),
        (True, False, "destroy.yml dev", 1, 2),
        (True, False, "deploy.yml dev", 1, 2),
        (True, False, "deploy.yml prod", 1, 1),
        (False, False, "destroy.yml dev", 1, 1),
        (False, False, "destroy.yml dev", 600, 1),
        (False, True, "deploy.yml dev", 1, 1),
        (False, False, "", 0, 1),
    ],
    ids=[
        "a person cancelled a run that waited for another",
        "dropped for a removal",
        "dropped for a deployment",
        "a run of another stage drops nothing",
        "a person cancelled a run, so that his own goes first",
        "a person cancelled it long after the later run, as a review was awaited",
        "a person cancelled a run that had begun",
        "a person cancelled a run, and nothing was later",
    ],
)
def test_only_what_github_dropped_is_started_again(
    world: DispatchWorld, waits: bool, began: bool, later: str, seconds: float, starts: int
) -> None:
    by_hand = []
    if waits:  # it does not show yet when the order is given
        dispatch(world, "deploy.yml", stage="dev")
        by_hand.append(begin(world, "Deploy the newest approved model to dev"))
    arn = approved(world)
    world.github.clock.advance(30)
    if later:
        workflow, stage = later.split()
        dispatch(world, workflow, stage=stage)
        by_hand.append(world.github.github.store.select(resources.Run)[-1])
    world.github.clock.advance(seconds)
    cancel(world, f"Deploy {arn} to dev", began=began)
    world.github.clock.advance(30)
    for run in by_hand:
        end(world, run, "failure", began=False)
    world.github.clock.advance(600)
    look = {"id": "look", "detail-type": LOOK_EVENT, "detail": {"modelPackageGroupName": GROUP}}
    world.invoke(look)
    assert world.titles().count(f"Deploy {arn} to dev") == starts


def test_a_cancelled_run_is_recorded_and_starts_nothing(world: DispatchWorld) -> None:
    arn = approved(world)
    cancel(world, f"Deploy {arn} to dev", began=True)
    before = world.titles()
    world.github.clock.advance(1)
    told = report(world, arn, "dev", "cancelled", serves="", reason="The run was cancelled.")
    done = world.invoke(told)
    assert done == f"recorded: cancelled of {arn} in dev"
    assert world.titles() == before
    written = world.aws.annotations[arn]
    assert written["ModelLifeCycle"]["Stage"] == "dev"
    assert written["ModelLifeCycle"]["StageStatus"] == "Cancelled"
    assert written["CustomerMetadataProperties"]["dev-last"].endswith(" cancelled")
    assert "dev-healthy" not in written["CustomerMetadataProperties"]


def test_what_a_cancelled_run_left_is_taken_back_when_it_is_rejected(world: DispatchWorld) -> None:
    """It serves, though it never passed its test."""
    old, new = approved(world), approved(world)
    for arn, outcome, serves in ((old, "deployed", old), (new, "cancelled", new)):
        world.github.clock.advance(1)
        world.invoke(report(world, arn, "dev", outcome, serves=serves, next=None))
    world.github.clock.advance(1)
    world.invoke(world.decide(new, "Rejected"))
    assert world.titles()[-1] == f"Deploy {old} to dev instead of {new}"


@pytest.mark.parametrize("wrong", ["arn:aws:s3:::bucket", f"arn:x:model-package/{GROUP}-x/1", 7])
def test_a_report_of_a_foreign_version_that_serves_is_refused(
    world: DispatchWorld, wrong: object
) -> None:
    arn = approved(world)
    with pytest.raises(Exception, match="is no version of"):
        world.invoke(report(world, arn, "dev", "cancelled", serves=wrong))
