"""What GitHub dropped for a later run is started again; what a person cancelled is not."""

import pytest

from tests.rehearsed.functions.deploy_dispatch.approvals import approved
from tests.rehearsed.functions.deploy_dispatch.stages import cancel, report
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld


def dispatch(world: DispatchWorld, workflow: str, **inputs: str) -> None:
    """Somebody starts a workflow by hand."""
    path = f"/repos/{REPOSITORY}/actions/workflows/{workflow}/dispatches"
    world.github.rest("POST", path, {"ref": "main", "inputs": inputs})


@pytest.mark.parametrize(
    ("began", "later", "seconds", "starts"),
    [
        (False, "", 0, 1),
        (False, "destroy.yml dev", 1, 2),
        (False, "deploy.yml dev", 1, 2),
        (False, "deploy.yml prod", 1, 1),
        (False, "deploy.yml dev", 600, 1),
        (True, "deploy.yml dev", 1, 1),
        (True, "", 0, 1),
    ],
    ids=[
        "a person cancelled a waiting run",
        "dropped for a removal",
        "dropped for a deployment",
        "a run of another stage drops nothing",
        "a person cancelled it long after the later run, as a review was awaited",
        "a person cancelled a run that had begun",
        "a person cancelled a run, and nothing was later",
    ],
)
def test_only_what_github_dropped_is_started_again(
    world: DispatchWorld, began: bool, later: str, seconds: float, starts: int
) -> None:
    first, newest = approved(world), approved(world)
    world.github.clock.advance(30)
    if later:
        workflow, stage = later.split()
        dispatch(world, workflow, stage=stage)
    world.github.clock.advance(seconds)
    cancel(world, f"Deploy {newest} to dev", began=began)
    world.github.clock.advance(30)
    world.invoke(report(world, first, "dev", "failed", untouched=True))
    assert world.titles().count(f"Deploy {newest} to dev") == starts


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
