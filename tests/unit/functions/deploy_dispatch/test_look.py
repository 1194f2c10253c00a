"""Who decided is written down at the look that sees it, and what matters is looked at."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.look import Look, Seen, SeenVersion
from deploy_dispatch.order import DEPLOY, RESTORE, Order
from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.registry_change import RegistryChange
from deploy_dispatch.stage_record import STARTED, Presence, StageRecord, UnderWay
from invocation.deadline import Deadline
from tests.unit.functions.fake_aws import FUNCTION, FakeAws
from tests.unit.functions.invocation_fakes import FakeTime

GROUP = "Rings-p-abcdefghijkl"
ARNS = [f"arn:aws:sagemaker:eu-west-1:1:model-package/{GROUP}/{n}" for n in range(30)]
ARN = ARNS[7]
ANNA, BERT = "arn:aws:iam::111122223333:user/anna", "arn:aws:iam::111122223333:user/bert"


@dataclass
class World:
    """A registry and a ledger."""

    aws: FakeAws = field(default_factory=FakeAws)
    asked: list[str] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.aws.client("dynamodb"), "approvals")

    @property
    def look(self) -> Look:
        """What looks."""
        time = FakeTime()
        deadline = Deadline(time.now + 100, time.clock, time.sleep)
        registry = Registry(self.aws.client("sagemaker"), deadline, "mlops-sm-project-dispatch")
        return Look(registry, self.ledger, GROUP)

    def put(self, arn: str, status: str, by: str = ANNA, **shown: Any) -> None:
        """Let a version be as somebody left it."""
        self.aws.versions[arn] = (status, "Completed")
        self.aws.editors[arn] = by
        life = {"Stage": shown.pop("stage"), "StageStatus": "Approved"} if "stage" in shown else {}
        self.aws.annotations[arn] = {
            "CustomerMetadataProperties": shown,
            **({"ModelLifeCycle": life} if life else {}),
        }

    def decide(self, **decided: Any) -> Decisions:
        """Let this be known of the version."""
        known = self.ledger.decisions(ARN)
        wanted = replace(known, **decided)
        return self.ledger.change_decisions(known, lambda _: wanted)


@pytest.fixture
def world() -> World:
    """An empty registry and an empty ledger."""
    return World()


def _known(world: World, change: RegistryChange | None = None) -> Decisions:
    seen = world.look.around(change, about=ARN)
    assert seen.versions[ARN].decisions == world.ledger.decisions(ARN)
    return replace(world.ledger.decisions(ARN), revision=0)


CHANGE = RegistryChange(GROUP, ARN, is_approved=True)
LIFE = RegistryChange(GROUP, ARN, is_approved=True, is_decision=False)
APPROVED = Decisions(ARN, is_approved=True, approved_by=ANNA, number=1)


def test_whoever_is_seen_to_approve_approved(world: World) -> None:
    world.put(ARN, "Approved")
    assert _known(world) == APPROVED
    world.aws.editors[ARN] = BERT
    assert _known(world) == APPROVED
    assert world.ledger.decisions(ARN).revision == 1


def test_an_approval_by_nobody_counts_when_somebody_repeats_it(world: World) -> None:
    world.put(ARN, "Approved", FUNCTION)
    nobody = Decisions(ARN, is_approved=True)
    assert _known(world) == nobody
    assert _known(world, CHANGE) == nobody
    world.aws.editors[ARN] = ANNA
    assert _known(world, LIFE) == nobody, "a gate is another matter"
    assert _known(world) == nobody, "no event says that it was a decision"
    world.decide(is_asked_again=True)
    assert _known(world, CHANGE) == APPROVED


def test_an_approval_after_a_rejection_is_another_decision(world: World) -> None:
    world.put(ARN, "Approved")
    _known(world)
    digests = {"model-sha256": "a" * 64}
    world.decide(gate="prod", opened_by={"prod": BERT}, digests=digests, is_clean=False)
    world.put(ARN, "Rejected", BERT)
    rejected = Decisions(ARN, number=1, digests=digests, is_clean=False)
    assert _known(world) == rejected
    assert _known(world) == rejected
    world.put(ARN, "Approved", BERT)
    again = replace(rejected, is_approved=True, approved_by=BERT, number=2)
    assert _known(world) == again


def test_what_a_version_brought_along_is_remembered_until_it_is_taken_off(world: World) -> None:
    world.put(ARN, "PendingManualApproval", **{"dev-healthy": "forged"})
    assert _known(world) == Decisions(ARN, is_clean=False)
    other = ARNS[8]
    world.put(other, "PendingManualApproval", commit="c" * 40)
    world.look.around(about=other)
    assert world.ledger.decisions(other).revision == 0


@pytest.mark.parametrize(
    ("gate", "by", "opened"),
    [
        ("prod", BERT, {"prod": BERT}),
        ("prod", ANNA, {}),
        ("prod", FUNCTION, {}),
        ("", BERT, {}),
        ("staging", BERT, {}),
    ],
)
def test_a_gate_is_opened_by_a_second_person_who_was_asked(
    world: World, gate: str, by: str, opened: dict[str, str]
) -> None:
    world.put(ARN, "Approved")
    _known(world)
    world.decide(gate=gate)
    world.put(ARN, "Approved", by, stage="prod")
    assert _known(world) == replace(APPROVED, gate=gate, opened_by=opened)


def test_a_gate_that_is_open_stays_whoever_comes_then(world: World) -> None:
    world.put(ARN, "Approved")
    _known(world)
    world.decide(gate="prod", opened_by={"prod": BERT, "dev": BERT})
    carl = BERT.replace("bert", "carl")
    world.put(ARN, "Approved", carl, stage="prod")
    assert _known(world).opened_by == {"prod": BERT, "dev": BERT}
    world.decide(gate="staging")
    world.put(ARN, "Approved", carl, stage="staging")
    assert _known(world).opened_by == {"prod": BERT, "dev": BERT, "staging": carl}


def _around(world: World, **stages: StageRecord) -> set[int]:
    for name, record in stages.items():
        world.ledger.change_stage(GROUP, name, lambda _, record=record: record)
    seen = world.look.around()
    assert seen.project == world.ledger.project(GROUP)
    return {ARNS.index(arn) for arn in seen.versions}


def test_what_serves_and_what_is_under_way_is_looked_at(world: World) -> None:
    for arn in ARNS[:5]:
        world.put(arn, "Rejected")
    order = Order(RESTORE, "prod", ARNS[1], instead_of=ARNS[2])
    prod = StageRecord(serves=ARNS[0], under_way=UnderWay(order, STARTED, "event", 1, 1))
    assert _around(world, prod=prod, dev=StageRecord(serves=ARNS[3])) == {0, 1, 2, 3}


def test_the_newest_twenty_approved_versions_may_be_deployed(world: World) -> None:
    for arn in ARNS:
        world.put(arn, "Approved")
    assert _around(world) == {*range(10, 30)}


def test_a_deleted_version_is_not_seen(world: World) -> None:
    order = Order(DEPLOY, "dev", ARNS[1])
    dev = StageRecord(serves=ARNS[0], under_way=UnderWay(order, STARTED, "event", 1, 1))
    assert _around(world, dev=dev) == set()


def test_where_a_rejected_version_serves_twenty_that_were_healthy_are_looked_at(
    world: World,
) -> None:
    for arn in ARNS:
        world.put(arn, "Approved")
    newer = [f"{ARNS[0][:-1]}{number}" for number in range(100, 120)]
    for arn in newer:
        world.put(arn, "Approved")
    arns = ARNS + newer
    versions = {arn: Presence(healthy=f"{place:02}") for place, arn in enumerate(ARNS)}
    versions[ARNS[5]] = Presence()
    served = StageRecord(versions, serves=ARNS[29])
    world.ledger.change_stage(GROUP, "dev", lambda _: served)
    seen = {arns.index(arn) for arn in world.look.around().versions}
    assert seen == {29, *range(30, 50)}
    world.put(ARNS[29], "Rejected")
    world.put(ARNS[28], "Rejected")
    seen = {arns.index(arn) for arn in world.look.around().versions}
    assert seen == {29, *range(30, 50), *range(8, 28)}


def test_the_changed_version_is_looked_at_first_and_once(world: World) -> None:
    world.put(ARN, "Approved")
    world.put(ARNS[8], "Approved")
    described: list[str] = []
    world.aws.before_call = described.append
    seen = world.look.around(CHANGE, about=ARN)
    assert list(seen.versions) == [ARN, ARNS[8]]
    assert described.count("DescribeModelPackage") == 2


@pytest.mark.parametrize(
    ("revision", "is_there", "is_touched"),
    [(0, True, False), (1, True, True), (0, False, True)],
)
def test_a_change_matters_if_its_version_was_dealt_with_or_is_gone(
    revision: int, is_there: bool, is_touched: bool
) -> None:
    one = SeenVersion(Version(ARN, False), Decisions(ARN, revision=revision))
    seen = Seen({ARN: one} if is_there else {}, ProjectRecord())
    assert seen.is_touched_by(CHANGE) == is_touched


def test_the_rules_are_told_all_that_was_decided() -> None:
    decided = Decisions(
        ARN, True, ANNA, number=3, gate="prod", opened_by={"dev": BERT}, is_asked_again=True
    )
    state = SeenVersion(Version(ARN, True), decided).state
    assert vars(state) == {
        "arn": ARN,
        "is_approved": True,
        "approved_by": ANNA,
        "decision": 3,
        "gate": "prod",
        "opened_by": {"dev": BERT},
        "is_asked_again": True,
    }
    assert not SeenVersion(Version(ARN, False), decided).state.is_approved
