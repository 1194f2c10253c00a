"""What the end of a run makes of a stage, also when it comes late, twice or for another order."""

from dataclasses import replace

import pytest

from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.stage_record import (
    CANCELLED,
    DEPLOYED,
    FAILED,
    LOOKED,
    REMOVED,
    ROLLED_BACK,
    SKIPPED,
    STARTED,
    RunEnd,
    StageRecord,
    UnderWay,
)

ONE, TWO = (f"arn:aws:sagemaker:eu-west-1:1:model-package/g/{number}" for number in (1, 2))
ORDER = Order(DEPLOY, "dev", TWO, decision=1)
CLAIM = UnderWay(ORDER, STARTED, "event", claimed_at=7, since=5)
END = RunEnd(
    order=ORDER,
    outcome=DEPLOYED,
    serves=TWO,
    place="2026-11-01T12:00:02Z 2 1",
    moment="2026-11-01T12:00:09.000Z",
    since=5,
)
SERVING = StageRecord(serves=ONE, last_run="2026-11-01T12:00:01Z 1 1", under_way=CLAIM)


def test_the_end_of_a_run_frees_its_stage_and_tells_what_it_serves() -> None:
    known = SERVING.after(END)
    assert (known.under_way, known.serves, known.of(TWO).tried) == (None, TWO, 1)
    assert known.of(TWO).is_tested
    assert known.after(END) == known


@pytest.mark.parametrize(
    "other",
    [
        replace(CLAIM, since=6),
        replace(CLAIM, order=replace(ORDER, decision=2)),
        replace(CLAIM, order=Order(LOOK, "dev")),
    ],
)
def test_the_end_of_a_run_frees_no_later_order(other: UnderWay) -> None:
    assert replace(SERVING, under_way=other).after(END).under_way == other


def test_an_end_that_is_older_than_the_last_tells_of_its_version_and_not_of_its_stage() -> None:
    later = replace(SERVING, last_run="2026-11-01T12:00:03Z 3 1")
    known = later.after(END)
    assert replace(known, versions={}) == replace(later, under_way=None)
    assert (known.of(TWO).tried, known.of(TWO).outcome) == (1, DEPLOYED)
    assert known.of(TWO).healthy == END.place.split()[0]
    assert known.after(replace(END, outcome=FAILED, since=0)) == known


def test_a_run_that_was_dropped_counts_as_never_started() -> None:
    dropped = replace(END, outcome=CANCELLED, serves=None, is_dropped=True)
    assert SERVING.after(dropped) == replace(SERVING, under_way=None)


@pytest.mark.parametrize("outcome", [FAILED, CANCELLED])
def test_a_run_that_touched_nothing_leaves_what_is_known(outcome: str) -> None:
    known = SERVING.after(replace(END, outcome=outcome, serves=None, is_untouched=True))
    assert (known.serves, known.is_unknown, known.of(TWO).tried) == (ONE, False, 1)


@pytest.mark.parametrize("outcome", [FAILED, CANCELLED, ROLLED_BACK])
def test_a_run_that_was_cut_leaves_a_stage_unknown_until_somebody_looks(outcome: str) -> None:
    cut = SERVING.after(replace(END, outcome=outcome, serves=None))
    assert cut.is_unknown
    look = replace(END, order=Order(LOOK, "dev"), outcome=LOOKED, place="2026-11-01T12:01 3 1")
    known = cut.after(look)
    assert (known.serves, known.is_unknown, known.of(TWO).is_tested) == (TWO, False, False)
    vain = cut.after(replace(look, serves=None))
    assert (vain.is_unknown, vain.is_looked_in_vain) == (True, True)


def test_a_stage_that_went_back_serves_what_was_tested_before() -> None:
    first = replace(END, order=replace(ORDER, arn=ONE), serves=ONE, place="2026-11-01T12:00:01 1 1")
    known = StageRecord().after(first).after(replace(END, outcome=ROLLED_BACK, serves=ONE))
    assert (known.serves, known.of(ONE).is_tested) == (ONE, True)


@pytest.mark.parametrize("outcome", [REMOVED, FAILED, SKIPPED])
def test_a_way_back_is_tried_once_for_a_decision(outcome: str) -> None:
    order = Order(REMOVE, "dev", instead_of=ONE, decision=3)
    end = replace(END, order=order, outcome=outcome, serves="" if outcome == REMOVED else None)
    assert SERVING.after(end).way_back == f"{ONE} 3"
    restored = Order(RESTORE, "dev", TWO, instead_of=ONE, decision=3)
    assert SERVING.after(replace(END, order=restored)).way_back == f"{ONE} 3"


def test_a_removal_by_hand_is_one_of_what_the_stage_served() -> None:
    known = SERVING.after(replace(END, order=Order(REMOVE, "dev"), outcome=REMOVED, serves=""))
    assert (known.serves, known.of(ONE).removed) == ("", END.moment)


def test_a_way_back_that_found_something_else_leaves_the_stage_unknown() -> None:
    order = Order(RESTORE, "dev", TWO, instead_of=ONE, decision=3)
    end = replace(END, order=order, outcome=SKIPPED, serves=None, is_untouched=True)
    assert SERVING.after(end).is_unknown
