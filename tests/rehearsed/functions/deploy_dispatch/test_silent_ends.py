"""Runs that end without a report are found by a look; those that only wait are left alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from deploy_dispatch.handler import LOOK_EVENT, SCHEDULE_EVENT
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.stage_record import StageRecord
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.approvals import BERT, approved, deployed
from tests.rehearsed.functions.deploy_dispatch.stages import (
    begin,
    cancel,
    dispatch,
    end,
    newest_run,
    report,
)
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld


def look(world: DispatchWorld) -> str:
    """What the schedule has done for the project."""
    detail = {"modelPackageGroupName": GROUP}
    return world.invoke({"id": "look", "detail-type": LOOK_EVENT, "detail": detail})


def tick(world: DispatchWorld) -> list[str]:
    """The schedule; returns what the looks did that it started."""
    world.invoke({"id": "tick", "detail-type": SCHEDULE_EVENT, "detail": {}})
    invocations, world.aws.invocations = world.aws.invocations, []
    return [world.invoke(one) for one in invocations]


def dev(world: DispatchWorld) -> StageRecord:
    """What is known of dev."""
    return Ledger(world.aws.client("dynamodb"), "approvals").project(GROUP).of("dev")


def run_of(world: DispatchWorld, arn: str) -> resources.Run:
    """The run that deploys a version to dev."""
    run = newest_run(world, f"Deploy {arn} to dev")
    assert run is not None
    return run


def cancelled_before_it_began(world: DispatchWorld, arn: str) -> None:
    cancel(world, f"Deploy {arn} to dev", began=False)


def cancelled_after_it_began(world: DispatchWorld, arn: str) -> None:
    cancel(world, f"Deploy {arn} to dev", began=True)


def killed(world: DispatchWorld, arn: str) -> None:
    end(world, run_of(world, arn), "failure")


def startup_failure(world: DispatchWorld, arn: str) -> None:
    failed = replace(run_of(world, arn), status="completed", conclusion="startup_failure")
    world.github.github.store.put(replace(failed, updated_at=world.github.github.now()))


def review_refused(world: DispatchWorld, arn: str) -> None:
    end(world, run_of(world, arn), "failure", began=False)


def deleted(world: DispatchWorld, arn: str) -> None:
    end(world, run_of(world, arn), "failure")
    world.github.github.store.delete(run_of(world, arn))


ENDS = (
    cancelled_before_it_began,
    cancelled_after_it_began,
    killed,
    startup_failure,
    review_refused,
    deleted,
)
# Of a template that did not know how to look.
OLD_DESTROY = b"""\
name: Remove endpoint
run-name: Remove ${{ inputs.stage }}
on:
  workflow_dispatch:
    inputs:
      stage:
        required: true
jobs:
  remove:
    runs-on: ubuntu-24.04
    steps:
      - run: "true"
"""
NEVER_BEGAN = (cancelled_before_it_began, startup_failure, review_refused)


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("minutes", [0, 1, 4, 9])
def test_a_run_that_died_is_found_within_15_minutes(
    world: DispatchWorld, ends: Callable[[DispatchWorld, str], None], minutes: int
) -> None:
    arn = approved(world)
    world.github.clock.advance(minutes * 60)
    ends(world, arn)
    died = world.github.clock.seconds()
    order = f"Deploy {arn} to dev"
    world.github.clock.advance((10 - minutes) * 60)
    while tick(world):
        under_way = dev(world).under_way
        if under_way is None or under_way.order.title != order:
            break
        world.github.clock.advance(600)
    assert world.github.clock.seconds() - died <= 900
    assert dev(world).of(arn).tried == 1
    assert world.titles().count(order) == (ends is not deleted)


@pytest.mark.parametrize("ends", ENDS)
def test_what_a_stage_serves_is_looked_at_where_a_run_was_cut(
    world: DispatchWorld, ends: Callable[[DispatchWorld, str], None]
) -> None:
    arn = approved(world)
    world.github.clock.advance(600)
    ends(world, arn)
    world.github.clock.advance(300)
    look(world)
    is_looked_at = "Look at dev" in world.titles()
    assert is_looked_at == (ends not in NEVER_BEGAN)
    assert dev(world).is_unknown == is_looked_at


@pytest.mark.parametrize("ends", [startup_failure, review_refused, deleted])
def test_people_are_told_what_did_not_begin(
    world: DispatchWorld, ends: Callable[[DispatchWorld, str], None]
) -> None:
    arn = approved(world)
    world.github.clock.advance(600)
    ends(world, arn)
    look(world)
    if "Look at dev" in world.titles():
        run = begin(world, "Look at dev")
        told = {"serves": "", "modelPackageArn": "", "untouched": True}
        world.invoke(report(world, "", "dev", "looked", run=run, **told))
    assert f"Deploy {arn} to dev" in dev(world).attention
    assert any(dev(world).attention in notice for notice in world.aws.notices)
    assert world.aws.metrics


@pytest.mark.parametrize("status", ["queued", "pending", "waiting", "in_progress"])
def test_a_run_that_waits_is_not_dead(world: DispatchWorld, status: str) -> None:
    arn = approved(world)
    world.github.github.store.put(replace(run_of(world, arn), status=status))
    for _ in range(3):
        world.github.clock.advance(86_400)
        assert tick(world) == [f"{GROUP} is as it should be"]
    under_way = dev(world).under_way
    assert under_way is not None
    assert under_way.order.title == f"Deploy {arn} to dev"


def test_what_a_cut_run_left_is_taken_back_when_it_is_rejected(world: DispatchWorld) -> None:
    first = deployed(world, "dev")
    world.github.clock.advance(30)
    second = approved(world)
    end(world, run_of(world, second), "cancelled")
    world.github.clock.advance(300)
    look(world)
    run = begin(world, "Look at dev")
    world.github.clock.advance(30)
    told = {"serves": second, "untouched": True}
    world.invoke(report(world, second, "dev", "looked", run=run, **told))
    assert not dev(world).of(second).is_tested
    world.invoke(world.decide(second, "Rejected", BERT))
    assert world.titles()[-1] == f"Deploy {first} to dev instead of {second}"


def test_what_a_person_runs_again_is_not_taken_for_the_order(world: DispatchWorld) -> None:
    arn = approved(world)
    review_refused(world, arn)
    world.github.clock.advance(30)
    path = f"/repos/{REPOSITORY}/actions/runs/{run_of(world, arn).id}/rerun"
    world.github.rest("POST", path)
    world.github.clock.advance(30)
    newer = approved(world)
    assert dev(world).of(arn).tried == 1  # its first attempt ended
    assert run_of(world, arn).status == "queued"  # a person's, which is not cancelled
    assert f"Deploy {newer} to dev" not in world.titles()  # the stage is left to it
    world.github.clock.advance(60)
    world.invoke(report(world, arn, "dev", "deployed"))
    assert dev(world).of(arn).is_tested
    assert world.titles().count(f"Deploy {newer} to dev") == 1


def test_a_persons_run_that_died_is_looked_into_before_the_next_order(
    world: DispatchWorld,
) -> None:
    old = deployed(world, "dev")
    path = f"/repos/{REPOSITORY}/actions/workflows/destroy.yml/dispatches"
    world.github.rest("POST", path, {"ref": "main", "inputs": {"stage": "dev"}})
    world.github.clock.advance(30)
    end(world, begin(world, "Remove dev"), "failure")
    world.github.clock.advance(300)
    approved(world)
    assert dev(world).is_unknown
    assert (dev(world).serves, world.titles()[-1]) == (old, "Look at dev")


@pytest.mark.parametrize(
    ("workflow", "inputs", "title", "outcome"),
    [
        ("deploy.yml", {}, "Deploy the newest approved model to dev", "failed"),
        (
            "deploy.yml",
            {"model_package_arn": "arn:aws:sagemaker:eu-west-1:1:model-package/other/1"},
            "Deploy arn:aws:sagemaker:eu-west-1:1:model-package/other/1 to dev",
            "failed",
        ),
        ("destroy.yml", {}, "Remove dev", "failed"),
        ("destroy.yml", {}, "Remove dev", "removed"),
    ],
    ids=["none is approved", "another project's", "a removal that failed", "nothing to remove"],
)
def test_a_run_of_a_person_that_chose_no_version_holds_no_approval_up(
    world: DispatchWorld, workflow: str, inputs: dict[str, str], title: str, outcome: str
) -> None:
    dispatch(world, workflow, stage="dev", **inputs)
    run = newest_run(world, title)
    assert run is not None
    world.invoke(report(world, "", "dev", outcome, run=run, untouched=outcome == "failed"))
    arn = approved(world)
    assert world.titles()[-1] == f"Deploy {arn} to dev"


@pytest.mark.parametrize("outcome", ["failed", "cancelled"])
def test_a_look_that_could_not_tell_is_told_to_people(world: DispatchWorld, outcome: str) -> None:
    arn = approved(world)
    world.github.clock.advance(600)
    killed(world, arn)
    world.github.clock.advance(300)
    look(world)
    run = begin(world, "Look at dev")
    world.invoke(report(world, "", "dev", outcome, run=run, untouched=True))
    assert dev(world).is_unknown
    assert "dev may serve something else than the ledger says" in dev(world).attention


@pytest.mark.parametrize("outcome", ["deployed", "rolled_back"])
def test_what_a_run_deployed_has_a_name(world: DispatchWorld, outcome: str) -> None:
    dispatch(world, "deploy.yml", stage="dev")
    run = newest_run(world, "Deploy the newest approved model to dev")
    with pytest.raises(Exception, match="is no version of"):
        world.invoke(report(world, "", "dev", outcome, run=run))


def test_a_run_of_an_order_cannot_end_with_no_version(world: DispatchWorld) -> None:
    arn = approved(world)
    with pytest.raises(Exception, match="and of no other version"):
        world.invoke(report(world, "", "dev", "failed", run=run_of(world, arn), untouched=True))


def test_a_repository_of_an_earlier_template_cannot_look_and_people_are_told(
    world: DispatchWorld,
) -> None:
    arn = approved(world)
    world.github.clock.advance(600)
    killed(world, arn)
    world.github.clock.advance(300)
    world.put_file(".github/workflows/destroy.yml", OLD_DESTROY)
    look(world)
    assert dev(world).is_looked_in_vain
    assert dev(world).is_unknown
    assert "Look at dev" not in world.titles()
    assert any("start the workflow Remove endpoint" in told for told in world.aws.notices)
    newer = approved(world)
    assert world.titles()[-1] == f"Deploy {newer} to dev"
