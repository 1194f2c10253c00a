"""What the function writes down: once, whatever is cut or done at the same time, and for good."""

import json
import re
from dataclasses import replace

import pytest

from deploy_dispatch.display import is_fixed
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.stage_record import RunEnd, StageRecord
from mlops_sm_project_template.config import names
from tests.rehearsed.functions.deploy_dispatch.approvals import ANNA, BERT, approved, deployed
from tests.rehearsed.functions.deploy_dispatch.forgery import carried
from tests.rehearsed.functions.deploy_dispatch.stages import report
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, DispatchWorld
from tests.unit.functions.fake_aws import AwsFault

_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z( \d+)*|runs/\d+|(claimed_at|since|after|last_ordered)=\d+"
)


def ledger(world: DispatchWorld) -> Ledger:
    return Ledger(world.aws.client("dynamodb"), "approvals")


def test_the_function_alone_writes_each_key_that_the_policies_refuse() -> None:
    assert all(map(is_fixed, names.DISPLAY_KEYS))


def test_nothing_in_the_ledger_expires(world: DispatchWorld) -> None:
    deployed(world, "dev")
    assert [key for key, item in world.aws.items.items() if "ExpiresAt" in item] == []
    arn = next(iter(world.aws.versions)).lower()
    assert world.aws.items.keys() == {
        f"version {arn}",
        f"stages {GROUP}",
        f"live {GROUP}",
        "under way",
    }


def live(world: DispatchWorld) -> str:
    """What a build reads, at the key that the template's policy names."""
    return str(world.aws.items[names.live_item(GROUP)]["Live"]["S"])


def test_builds_are_told_what_the_last_stage_serves_that_serves_any(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic", staging="automatic")
    first = deployed(world, "dev", "staging")
    assert live(world) == first
    second = deployed(world, "dev")
    assert live(world) == first, "staging comes after dev"
    world.github.clock.advance(1)
    world.invoke(report(world, second, "staging", "rolled_back", serves=first))
    assert live(world) == first
    world.github.clock.advance(1)
    world.invoke(report(world, first, "staging", "removed"))
    assert live(world) == second
    world.github.clock.advance(1)
    world.invoke(report(world, second, "dev", "removed"))
    assert live(world) == ""


def test_a_slower_event_tells_builds_nothing_older(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic")
    first = deployed(world, "dev")
    before = ledger(world).project(GROUP).revision
    second = deployed(world, "dev")
    ledger(world).tell_live_version(GROUP, first, before)
    assert live(world) == second


def test_what_was_written_meanwhile_is_kept(world: DispatchWorld) -> None:
    arn = approved(world)
    stale = ledger(world).decisions(arn)
    ledger(world).change_decisions(stale, lambda known: replace(known, gate="prod"))
    written = ledger(world).change_decisions(
        stale, lambda known: replace(known, opened_by={"staging": "bert"})
    )
    assert (written.gate, written.opened_by) == ("prod", {"staging": "bert"})
    assert ledger(world).decisions(arn) == written


def test_two_reports_at_once_are_both_written_down(world: DispatchWorld) -> None:
    one, other = approved(world), approved(world)
    for arn, stage in ((one, "dev"), (other, "staging")):
        world.deliver(report(world, arn, stage))
    world.turns.run()
    project = ledger(world).project(GROUP)
    assert (project.of("dev").serves, project.of("staging").serves) == (one, other)


@pytest.mark.tier("test")
@pytest.mark.parametrize("kind", ["kill", "kill-after", "lost", "throttled"])
@pytest.mark.parametrize("is_forged", [False, True])
def test_an_event_that_is_cut_anywhere_ends_as_if_it_was_not(
    world: DispatchWorld, kind: str, is_forged: bool
) -> None:
    """An approval, and the report that asks for the next gate; each is tried again."""

    def told(operation: str = "", nth: int = 1) -> str:
        world.aws.items.clear()
        world.aws.versions.clear()
        arn = world.new_version()
        world.list_stages(dev="automatic", staging="registry")
        if is_forged:
            world.aws.annotations[arn] = carried()
        fault = AwsFault(operation, kind, nth)
        world.aws.faults.append(fault)
        world.deliver(world.decide(arn, "Approved", ANNA))
        world.turns.run()
        world.deliver(report(world, arn, "dev"))
        world.turns.run()
        hits.append(fault.hits)
        world.aws.faults.clear()
        ours = [ledger(world).decisions(arn), ledger(world).project(GROUP)]
        kept = [replace(known, revision=0) for known in ours]
        told = f"{kept} {live(world)} {json.dumps(world.aws.annotations[arn])}".replace(arn, "ARN")
        return _TIME.sub("TIME", told)

    hits: list[int] = []
    expected = told()
    assert "gate='staging'" in expected
    for operation in ("GetItem", "PutItem", "UpdateItem", "UpdateModelPackage"):
        for nth in range(1, 30):
            found = told(operation, nth)
            if not hits[-1]:
                break
            assert found == expected, (operation, nth)
        assert nth > 1, operation


def test_a_lost_ledger_is_unknown_and_never_approved(world: DispatchWorld) -> None:
    world.list_stages(dev="automatic")
    first, second = deployed(world, "dev"), deployed(world, "dev")
    began = len(world.titles())
    world.aws.items.clear()
    for arn in (first, second):  # the function changed both last
        assert "approve it once more" in world.invoke(world.event(arn))
        assert set(world.shown(arn)).isdisjoint(names.DISPLAY_KEYS)
    world.invoke(world.decide(second, "Rejected", BERT))
    assert len(world.titles()) == began
    world.invoke(world.decide(first, "Rejected", BERT))
    world.invoke(world.decide(first, "Approved", BERT))
    assert world.titles()[began:] == [f"Deploy {first} to dev"]


def test_a_stage_remembers_what_was_healthy_last() -> None:
    record = StageRecord()
    for number in range(250):
        arn = f"arn:aws:sagemaker:x:1:model-package/{GROUP}/{number}"
        moment = f"2026-11-01T12:00:00.{number:03}Z"
        is_deployed = number % 2 == 1
        end = RunEnd(
            order=Order(DEPLOY, "dev", arn),
            outcome="deployed" if is_deployed else "failed",
            serves=arn if is_deployed else None,
            is_untouched=True,
            place=moment,
            moment=moment,
        )
        record = record.after(end)
        assert max(one.ended for one in record.versions.values()) == moment
    assert len(record.versions) == 100
    healthy = [arn.rpartition("/")[2] for arn in record.healthy()]
    assert healthy == [str(number) for number in range(249, 249 - 200, -2)]
