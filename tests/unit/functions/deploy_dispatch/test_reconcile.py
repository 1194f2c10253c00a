"""A project comes to rest, or its event is tried again; what is somebody's is left to him."""

from dataclasses import replace
from typing import Any

import pytest

from deploy_dispatch.decide import AskAgain, CallOff
from deploy_dispatch.ledger import Decisions, Ledger, ProjectRecord
from deploy_dispatch.look import Seen, SeenVersion
from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.reconcile import Reconciler, RestlessError
from deploy_dispatch.registry import Version
from deploy_dispatch.run_ends import RunEnds
from deploy_dispatch.stage_record import (
    STARTED,
    STARTING,
    WITHDRAWN,
    RunEnd,
    StageRecord,
    UnderWay,
)
from tests.unit.functions.deploy_dispatch.fake_runs import BEGAN, PROJECT, FakeRuns, run
from tests.unit.functions.fake_aws import FakeAws

GROUP, ARN = "Rings-p-abcdefghijkl", "arn:aws:sagemaker:x:1:model-package/Rings-p-abcdefghijkl/7"
TITLE = f"Deploy {ARN} to dev"
SINCE = round(BEGAN * 1000)


class _Announcer:
    """Tells nobody, and writes down nothing that it asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.told: list[RunEnd] = []

    def clean(self, *_: Any) -> None:
        """Nothing is shown."""

    def show_people(self, *_: Any) -> None:
        """Nobody is shown."""

    def ask_again(self, one: SeenVersion, stage: str) -> str:
        self.asked.append(stage)
        return f"asked for {one.version.arn}"

    def tell_of(self, end: RunEnd) -> None:
        self.told.append(end)


class _Look:
    """Sees the same each time: an approval by nobody that people were not asked about."""

    def __init__(self) -> None:
        self.about: list[str] = []

    def around(self, about: str = "") -> Seen:
        self.about.append(about)
        one = SeenVersion(Version(ARN, True), Decisions(ARN, is_approved=True))
        return Seen({ARN: one}, ProjectRecord())


def _reconciler(
    ledger: Any = None, run_ends: Any = None, withdrawal: Any = None
) -> tuple[Any, _Announcer, _Look]:
    announcer, look = _Announcer(), _Look()
    parts: dict[str, Any] = {
        "group": GROUP,
        "list_stages": lambda: (Stage("dev", "automatic"),),
        "look": look,
        "ledger": ledger,
        "run_ends": run_ends,
        "starter": None,
        "withdrawal": withdrawal,
        "announcer": announcer,
    }
    return Reconciler(**parts), announcer, look


def test_a_project_that_does_not_come_to_rest_is_given_up_and_named() -> None:
    reconciler, announcer, look = _reconciler()
    with pytest.raises(RestlessError) as given_up:
        reconciler.settle(look.around())
    assert str(given_up.value) == (
        f"The stages of {GROUP} do not come to rest after 12 rounds, the last of which was "
        f"{AskAgain(ARN)}; the event is tried again by itself."
    )
    assert announcer.asked == ["dev"] * 12


def _ended(state: str, title: str = TITLE) -> tuple[list[str], UnderWay | None, list[RunEnd]]:
    order = Order(DEPLOY, "dev", ARN)
    ledger = Ledger(FakeAws().client("dynamodb"), "approvals")
    claim = UnderWay(order, state, "event", SINCE, SINCE, 10)
    ledger.change_stage(GROUP, "dev", lambda _: StageRecord(under_way=claim))
    ledger.change_stage(GROUP, "prod", lambda _: StageRecord(serves=ARN))
    api: Any = FakeRuns([run(11, title)], begun={(11, 1)})
    reconciler, announcer, _ = _reconciler(ledger, RunEnds(api, PROJECT, BEGAN + 200.0))
    done = reconciler.take_in_silent_ends()
    return done, ledger.project(GROUP).of("dev").under_way, announcer.told


def test_a_run_that_ended_without_a_report_is_written_down_and_told_of() -> None:
    done, under_way, told = _ended(STARTED)
    assert done == [f"ended without a report: {TITLE!r}"]
    assert under_way is None
    assert [end.outcome for end in told] == ["failed"]


def test_a_run_that_is_only_being_started_has_not_ended() -> None:
    done, under_way, told = _ended(STARTING)
    assert (done, told) == ([], [])
    assert under_way is not None


def test_a_run_that_may_still_show_has_not_ended() -> None:
    assert _ended(STARTED, title="Deploy another to dev")[0] == []


class _Withdrawal:
    """Finds that the run has begun, and what the ledger said before GitHub was asked."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.known: list[UnderWay | None] = []

    def of(self, _under_way: UnderWay) -> None:
        self.known.append(self._ledger.project(GROUP).of("dev").under_way)


@pytest.mark.parametrize("is_overtaken", [False, True], ids=["as it was decided", "overtaken"])
def test_only_what_is_still_under_way_is_taken_back_and_never_in_silence(
    is_overtaken: bool,
) -> None:
    claim = UnderWay(Order(DEPLOY, "dev", ARN), STARTED, "event", SINCE, SINCE, 10)
    known = claim.renewed("another", SINCE) if is_overtaken else claim
    ledger = Ledger(FakeAws().client("dynamodb"), "approvals")
    ledger.change_stage(GROUP, "dev", lambda _: StageRecord(under_way=known))
    withdrawal, runs = _Withdrawal(ledger), RunEnds(FakeRuns([]), PROJECT, BEGAN)  # type: ignore[arg-type]
    reconciler, _, look = _reconciler(ledger, runs, withdrawal)
    done = reconciler._carry_out(CallOff(claim), look.around())
    withdrawn = replace(claim, state=WITHDRAWN)
    if is_overtaken:
        assert done == f"overtaken: {TITLE!r}"
        assert (withdrawal.known, ledger.project(GROUP).of("dev").under_way) == ([], known)
    else:
        assert done == f"waits for the end of {TITLE!r}"
        # Whoever looks after a crash must know that the cancellation was ours.
        assert withdrawal.known == [withdrawn]
