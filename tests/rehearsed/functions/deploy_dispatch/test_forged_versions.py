"""What a version says of itself from its creation decides nothing, whoever registered it."""

from typing import Any

import pytest

from tests.rehearsed.functions.deploy_dispatch.approvals import ANNA, BERT, deployed
from tests.rehearsed.functions.deploy_dispatch.forgery import OPEN, TRUE, carried
from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.world import DispatchWorld, identity

NOT_OURS = TRUE | {"gate": "prod"}


def forged(world: DispatchWorld) -> str:
    """A version that the execution role registered with all of our metadata."""
    arn = world.new_version()
    world.aws.annotations[arn] = carried()
    return arn


def annotate(world: DispatchWorld, arn: str, by: str, **changed: Any) -> dict[str, Any]:
    """Somebody changes something of a version; returns the event."""
    world.aws.annotations.setdefault(arn, {}).update(changed)
    world.aws.editors[arn] = identity(by)
    return world.event(arn, UpdatedModelPackageFields=["ModelLifeCycle"])


@pytest.mark.parametrize("is_seen_at_birth", [True, False])
def test_an_approval_for_the_first_stage_opens_no_other(
    world: DispatchWorld, is_seen_at_birth: bool
) -> None:
    world.list_stages(dev="automatic", prod="registry")
    arn = forged(world)
    if is_seen_at_birth:
        world.invoke(world.event(arn, UpdatedModelPackageFields=None))
    world.invoke(world.decide(arn, "Approved", ANNA))
    for by in (ANNA, BERT):  # whatever is changed besides
        world.invoke(annotate(world, arn, by))
    assert world.titles() == [f"Deploy {arn} to dev"]
    world.github.clock.advance(1)
    world.invoke(report(world, arn, "dev"))
    assert world.titles() == [f"Deploy {arn} to dev"]
    world.invoke(annotate(world, arn, ANNA, ModelLifeCycle=OPEN))
    assert world.titles() == [f"Deploy {arn} to dev"]
    world.invoke(annotate(world, arn, BERT, ModelLifeCycle=OPEN))
    assert world.titles()[1:] == [f"Deploy {arn} to prod"]


def test_a_version_that_claims_to_be_healthy_for_ever_switches_no_way_back_off(
    world: DispatchWorld,
) -> None:
    world.list_stages(dev="automatic")
    first, second = deployed(world, "dev"), deployed(world, "dev")
    arn = forged(world)
    world.invoke(world.event(arn, UpdatedModelPackageFields=None))
    world.invoke(world.decide(second, "Rejected", BERT))
    assert world.titles()[-1] == f"Deploy {first} to dev instead of {second}"


def test_a_version_that_was_never_healthy_is_not_restored(world: DispatchWorld) -> None:
    arn = forged(world)
    world.invoke(world.decide(arn, "Approved", ANNA))
    second = deployed(world, "dev")
    world.invoke(world.decide(second, "Rejected", BERT))
    assert world.titles()[-1] == f"Remove dev instead of {second}"


def test_the_first_digest_is_that_of_the_first_deployment(world: DispatchWorld) -> None:
    arn = forged(world)
    world.invoke(world.decide(arn, "Approved", ANNA))
    world.invoke(report(world, arn, "dev"))
    assert world.shown(arn)["model-sha256"] == "a" * 64


@pytest.mark.parametrize("status", ["PendingManualApproval", "Approved", "Rejected"])
def test_what_a_version_carried_is_not_shown_any_more(world: DispatchWorld, status: str) -> None:
    arn = forged(world)
    world.aws.versions[arn] = (status, "Completed")
    for _ in range(2):
        world.invoke(world.event(arn, UpdatedModelPackageFields=None))
        assert world.shown(arn) == NOT_OURS
        assert world.aws.annotations[arn]["ModelLifeCycle"]["StageStatus"] == "PendingApproval"
    assert world.titles() == []


@pytest.mark.parametrize("role", ["execution", "build", "deploy-prod", "cloudformation-dev"])
def test_a_role_of_the_project_approves_nothing(world: DispatchWorld, role: str) -> None:
    arn = world.new_version()
    by = f"assumed-role/mlops-p-abcdefghijkl-{role}/any"
    for _ in range(2):
        done = world.invoke(world.decide(arn, "Approved", by))
        assert "approve it once more" in done
    assert world.titles() == []
    world.invoke(world.decide(arn, "Rejected", ANNA))
    world.invoke(world.decide(arn, "Approved", ANNA))
    assert world.titles() == [f"Deploy {arn} to dev"]
