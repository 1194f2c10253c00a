"""From stage to stage, through gates, and back: what an event makes of the others' stages."""

from collections.abc import Callable
from typing import Any

import pytest

from deploy_dispatch.stage_report import ReportError
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.approvals import ANNA, BERT, approved, deployed
from tests.rehearsed.functions.deploy_dispatch.stages import begin, report
from tests.rehearsed.functions.deploy_dispatch.world import ARNS, GROUP, REPOSITORY, DispatchWorld


def behind(world: DispatchWorld, gate: str, **more: Any) -> str:
    """A version that was deployed to dev, before a stage with this gate."""
    world.list_stages(dev="automatic", staging=gate, prod="automatic")
    return deployed(world, "dev", **more)


def open_gate(world: DispatchWorld, arn: str, stage: str, by: str) -> dict[str, Any]:
    """Somebody opens a stage in the registry; returns the event that says so."""
    world.aws.annotations[arn]["ModelLifeCycle"] = {"Stage": stage, "StageStatus": "Approved"}
    world.aws.editors[arn] = f"arn:aws:iam::111122223333:{by}"
    return world.event(arn, UpdatedModelPackageFields=["ModelLifeCycle"])


def life(world: DispatchWorld, arn: str) -> tuple[str, str]:
    """Stage and status in a version's life cycle."""
    cycle = world.aws.annotations[arn]["ModelLifeCycle"]
    return cycle["Stage"], cycle["StageStatus"]


def sentence(world: DispatchWorld, arn: str) -> str:
    return str(world.aws.annotations[arn]["ModelLifeCycle"]["StageDescription"])


def metadata(world: DispatchWorld, arn: str) -> dict[str, str]:
    found: dict[str, str] = world.aws.annotations[arn]["CustomerMetadataProperties"]
    return found


def test_a_version_goes_from_stage_to_stage_by_itself(world: DispatchWorld) -> None:
    arn = deployed(world, "dev", "staging", "prod")
    assert world.titles() == [f"Deploy {arn} to {stage}" for stage in ("dev", "staging", "prod")]
    assert life(world, arn) == ("prod", "Deployed")
    assert {"dev-healthy", "staging-healthy", "prod-healthy"} <= metadata(world, arn).keys()


def test_the_registry_tells_who_approved_what_was_deployed(world: DispatchWorld) -> None:
    arn = deployed(world, "dev", approvedBy="github:anna")
    told = metadata(world, arn)
    assert told["approved-by"].endswith(ANNA)
    assert (told["model-sha256"], told["data-sha256"]) == ("a" * 64, "b" * 64)
    assert "github:anna" in sentence(world, arn)


def test_a_digest_is_written_down_once(world: DispatchWorld) -> None:
    arn = deployed(world, "dev")
    world.github.clock.advance(1)
    world.invoke(report(world, arn, "staging", modelSha256="c" * 64))
    assert metadata(world, arn)["model-sha256"] == "a" * 64


def test_a_stage_with_a_gate_in_github_is_started_there(world: DispatchWorld) -> None:
    arn = behind(world, "environment")
    assert world.titles()[-1] == f"Deploy {arn} to staging"


def test_a_stage_with_a_gate_in_the_registry_waits_for_somebody_else(world: DispatchWorld) -> None:
    arn = behind(world, "registry")
    assert life(world, arn) == ("staging", "PendingApproval")
    assert world.titles() == [f"Deploy {arn} to dev"]
    world.invoke(open_gate(world, arn, "staging", BERT))
    assert world.titles()[-1] == f"Deploy {arn} to staging"
    assert metadata(world, arn)["approved-by-staging"].endswith(BERT)


def test_nobody_opens_a_stage_for_a_model_that_he_approved(world: DispatchWorld) -> None:
    arn = behind(world, "registry")
    done = world.invoke(open_gate(world, arn, "staging", ANNA))
    assert "approved the model already" in done
    assert life(world, arn) == ("staging", "PendingApproval")
    assert "somebody else must approve staging" in sentence(world, arn)
    assert world.titles() == [f"Deploy {arn} to dev"]


def test_whoever_approved_last_is_who_may_not_open_a_stage(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic", staging="registry")
    arn = approved(world, by=ANNA)
    world.invoke(world.decide(arn, "Rejected", ANNA))
    world.invoke(world.decide(arn, "Approved", BERT))
    world.invoke(report(world, arn, "dev"))
    assert "approved the model already" in world.invoke(open_gate(world, arn, "staging", BERT))
    world.invoke(open_gate(world, arn, "staging", ANNA))
    assert world.titles()[-1] == f"Deploy {arn} to staging"


def test_a_stage_that_a_version_has_not_come_to_is_not_opened(world: DispatchWorld) -> None:
    arn = behind(world, "registry")
    done = world.invoke(open_gate(world, arn, "prod", BERT))
    assert "has not come to prod yet" in done
    assert len(world.titles()) == 1


def test_who_approved_must_be_known_for_a_gate(world: DispatchWorld) -> None:
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    world.aws.editors[arn] = ""
    assert "it cannot be told who approved" in world.invoke(event)
    assert world.titles() == []
    for _ in range(2):
        assert "cannot be told who" in world.invoke(open_gate(world, arn, "staging", BERT))
    assert world.titles() == []


def test_an_opened_stage_is_deployed_once_whatever_is_repeated(world: DispatchWorld) -> None:
    arn = behind(world, "registry")
    event = open_gate(world, arn, "staging", BERT)
    for _ in range(3):
        world.invoke(event)
    assert world.titles().count(f"Deploy {arn} to staging") == 1


def test_a_rejection_restores_what_was_healthy_before(world: DispatchWorld) -> None:
    first, second = deployed(world, "dev", "staging"), deployed(world, "dev")
    world.invoke(world.decide(second, "Rejected"))
    assert world.titles()[-1] == f"Deploy {first} to dev instead of {second}"
    world.invoke(world.decide(second, "Rejected"))
    assert world.titles().count(f"Deploy {first} to dev instead of {second}") == 1


def test_a_rejection_restores_in_every_stage_that_serves_it(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic", staging="automatic")
    first, second = deployed(world, "dev", "staging"), deployed(world, "dev", "staging")
    world.invoke(world.decide(second, "Rejected"))
    assert world.titles()[-2:] == [
        f"Deploy {first} to {stage} instead of {second}" for stage in ("dev", "staging")
    ]


def test_a_rejection_goes_past_versions_that_are_rejected_too(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic")
    first, second, third = (deployed(world, "dev") for _ in range(3))
    world.invoke(world.decide(second, "Rejected"))
    assert len(world.titles()) == 3  # second served nothing any more
    world.invoke(world.decide(third, "Rejected"))
    assert world.titles()[-1] == f"Deploy {first} to dev instead of {third}"


def test_a_rejection_without_anything_to_restore_removes_the_endpoint(world: DispatchWorld) -> None:
    arn = deployed(world, "dev")
    world.invoke(world.decide(arn, "Rejected"))
    assert world.titles()[-1] == f"Remove dev instead of {arn}"
    world.github.clock.advance(1)
    world.invoke(report(world, arn, "dev", "removed"))
    assert life(world, arn) == ("dev", "Removed")
    world.invoke(world.decide(arn, "Rejected"))
    assert len([title for title in world.titles() if title.startswith("Remove")]) == 1


def test_a_version_that_is_rejected_while_it_is_deployed_does_not_stay(
    world: DispatchWorld,
) -> None:
    first, second = deployed(world, "dev"), approved(world)
    begin(world, f"Deploy {second} to dev")
    world.invoke(world.decide(second, "Rejected"))
    assert world.titles()[-1] == f"Deploy {second} to dev"
    world.github.clock.advance(1)
    world.invoke(report(world, second, "dev"))
    assert world.titles()[-1] == f"Deploy {first} to dev instead of {second}"


def test_a_version_that_is_approved_again_is_deployed_and_rejected_again(
    world: DispatchWorld,
) -> None:
    first, second = deployed(world, "dev"), deployed(world, "dev")
    for _ in range(2):
        world.invoke(world.decide(second, "Rejected"))
        world.github.clock.advance(1)
        world.invoke(report(world, first, "dev"))
        world.github.clock.advance(1)
        world.invoke(world.decide(second, "Approved"))
        world.github.clock.advance(1)
        world.invoke(report(world, second, "dev"))
    assert world.titles().count(f"Deploy {first} to dev instead of {second}") == 2
    assert world.titles().count(f"Deploy {second} to dev") == 3


def _approval(world: DispatchWorld) -> dict[str, Any]:
    return world.decide(world.new_version(), "Approved")


def _rejection(world: DispatchWorld) -> dict[str, Any]:
    return world.decide(approved(world), "Rejected", BERT)


def _rejection_of_what_is_live(world: DispatchWorld) -> dict[str, Any]:
    deployed(world, "dev")
    return world.decide(deployed(world, "dev"), "Rejected", BERT)


def _gate(world: DispatchWorld) -> dict[str, Any]:
    arn = behind(world, "registry")
    return open_gate(world, arn, "staging", BERT)


@pytest.mark.parametrize("event", [_approval, _rejection, _rejection_of_what_is_live, _gate])
def test_the_registry_is_written_before_what_people_wait_for(
    world: DispatchWorld, event: Callable[[DispatchWorld], dict[str, Any]]
) -> None:
    """Whoever decides when he sees a claim taken or released is the last to change the version."""
    told = event(world)
    before, late = world.aws.under_way(GROUP), []

    def look(operation: str) -> None:
        if operation == "UpdateModelPackage" and world.aws.under_way(GROUP) != before:
            late.append(operation)

    world.aws.before_call = look
    world.invoke(told)
    assert world.aws.under_way(GROUP) != before
    assert late == []


@pytest.mark.parametrize("stages", [(), ("dev",)])
def test_an_approval_again_at_any_moment_of_a_rejection_opens_no_stage(
    world: DispatchWorld, stages: tuple[str, ...]
) -> None:
    """Listed is dev alone; the version is approved again before each of the function's calls."""
    world.list_stages(dev="automatic")
    for calls_before in range(100):
        world.aws.versions.clear()
        world.aws.items.clear()
        store = world.github.github.store
        for run in store.select(resources.Run):
            store.delete(run)
        arn = deployed(world, *stages)
        rejection = world.decide(arn, "Rejected")
        left = iter(range(calls_before))
        approvals: list[dict[str, Any]] = []

        def approve_again(
            _: str, arn: str = arn, left: Any = left, approvals: list[Any] = approvals
        ) -> None:
            if next(left, None) is None and not approvals:
                approvals.append(world.decide(arn, "Approved"))

        world.aws.before_call = approve_again
        world.invoke(rejection)
        world.aws.before_call = lambda _: None
        if not approvals:
            break
        world.invoke(*approvals)
        started = [title for title in world.titles() if title.startswith(f"Deploy {arn} to ")]
        assert set(started) == {f"Deploy {arn} to dev"}, calls_before
        assert len(started) <= 2
    assert 5 < calls_before < 99


def test_a_failed_deployment_goes_no_further_and_says_why(world: DispatchWorld) -> None:
    arn, why = approved(world), "Alarm rings-errors tripped"
    world.invoke(report(world, arn, "dev", "rolled_back", serves="", reason=why))
    assert life(world, arn) == ("dev", "RolledBack")
    assert why in sentence(world, arn)
    assert len(world.titles()) == 1


def test_an_older_report_changes_nothing(world: DispatchWorld) -> None:
    arn = approved(world)
    old = report(world, arn, "dev", "failed")
    world.github.clock.advance(1)
    world.invoke(report(world, arn, "dev"))
    world.invoke(old)
    assert life(world, arn) == ("dev", "Deployed")


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("mlops-sm-project.p-zzzzzzzzzzzz.dev", {}),
        ("mlops-sm-project.p-abcdefghijkl.prod", {}),
        ("aws.sagemaker", {}),
        (None, {"outcome": "great"}),
        (None, {"at": "yesterday"}),
        (None, {"modelSha256": "x"}),
        (None, {"runUrl": "https://github.test/run"}),
        (None, {"runUrl": f"https://github.test/{REPOSITORY}/actions/runs/77"}),
        (None, {"runAttempt": 2}),
        (None, {"runAttempt": "1"}),
        (None, {"configuration": "main"}),
        (None, {"modelPackageArn": f"{ARNS}:model-package/{GROUP}/77"}),
        (None, {"modelPackageArn": f"arn:aws:sagemaker:eu-west-1:1:model-package/other/{GROUP}"}),
    ],
)
def test_a_report_about_something_else_is_refused(
    world: DispatchWorld, source: str | None, changed: dict[str, Any]
) -> None:
    event = report(world, approved(world), "dev", **changed)
    with pytest.raises(ReportError):
        world.invoke({**event, "source": source or event["source"]})


def test_a_stage_that_serves_a_deleted_version_needs_people(world: DispatchWorld) -> None:
    arn = approved(world)
    event = report(world, arn, "dev")
    del world.aws.versions[arn]
    assert f"dev serves {arn}, which is deleted from the registry" in world.invoke(event)
    assert [notice for notice in world.aws.notices if "is deleted" in notice] != []
    assert world.titles() == [f"Deploy {arn} to dev"]
