"""A claim that was left behind is seen to by whom it belongs to, and not too early."""

from typing import Any

import pytest

from deploy_dispatch.ledger import Ledger
from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.stage_record import STARTED, STARTING, StageRecord, UnderWay
from deploy_dispatch.start_run import ClaimBusyError, Starter
from invocation.deadline import Deadline
from tests.unit.functions.deploy_dispatch.fake_runs import BEGAN, PROJECT, FakeRuns, run
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import FakeTime

GROUP = "Rings-p-abcdefghijkl"
ORDER = Order(DEPLOY, "dev", "arn:7", decision=1)
TITLE = "Deploy arn:7 to dev"
SINCE = round(BEGAN * 1000)
MINE, OTHERS = (UnderWay(ORDER, STARTING, event, SINCE, SINCE, 10) for event in ("mine", "other"))


class World:
    """A stage that is claimed, and GitHub with its runs."""

    def __init__(self, claim: UnderWay, *attempts: Any) -> None:
        self.time, self.aws = FakeTime(), FakeAws()
        self.runs = FakeRuns(list(attempts))
        self.ledger = Ledger(self.aws.client("dynamodb"), "approvals")
        self.ledger.change_stage(GROUP, "dev", lambda _: StageRecord(under_way=claim))

    @property
    def under_way(self) -> UnderWay | None:
        """What is under way."""
        return self.ledger.project(GROUP).of("dev").under_way

    def starter(self, seconds: float = 110.0, read_timeout: float = 12.0) -> Starter:
        """Whoever starts runs, on behalf of the event `mine`."""
        deadline = Deadline(self.time.now + seconds, self.time.clock, self.time.sleep)
        api: Any = self.runs
        return Starter("mine", GROUP, PROJECT, self.ledger, api, deadline, read_timeout)


def test_ones_own_claim_is_taken_over_once_its_request_is_over() -> None:
    world = World(MINE)
    assert world.starter().resume(MINE) == f"taken back: {TITLE!r}"
    assert world.under_way is None
    assert world.time.slept[0] == 22.0
    assert BEGAN + 42.0 <= world.time.now < BEGAN + 44.0


def test_a_request_lasts_as_long_as_its_answer_may() -> None:
    world = World(MINE)
    assert world.starter(200.0, read_timeout=60.0).request_over_seconds == 70.0
    assert world.starter(200.0, read_timeout=3.0).request_over_seconds == 22.0


def test_a_run_that_the_claim_started_is_recognized() -> None:
    world = World(MINE, run(11, TITLE))
    assert world.starter().resume(MINE) == f"started {TITLE!r}"
    assert world.under_way is not None
    assert (world.under_way.state, world.under_way.claimed_by) == (STARTED, "mine")
    assert world.time.now == BEGAN + 22.0


def test_ones_own_claim_that_there_is_no_time_for_is_tried_again() -> None:
    world = World(MINE)
    with pytest.raises(ClaimBusyError, match=f"still starts the run {TITLE!r}"):
        world.starter(seconds=22.0).resume(MINE)
    assert world.under_way == MINE


@pytest.mark.parametrize(("passed", "is_left"), [(0.0, True), (299.0, True), (300.0, False)])
def test_anothers_claim_is_left_to_it_for_five_minutes(passed: float, is_left: bool) -> None:
    world = World(OTHERS)
    world.time.now += passed
    said = world.starter(seconds=5.0).resume(OTHERS)
    assert (said == f"ignored: event other starts {TITLE!r}") == is_left
    assert (world.under_way == OTHERS) == is_left


def test_a_claim_that_somebody_else_took_over_is_left_to_him() -> None:
    world = World(OTHERS)
    assert world.starter().resume(MINE) == f"overtaken: {TITLE!r}"
    assert world.under_way == OTHERS
