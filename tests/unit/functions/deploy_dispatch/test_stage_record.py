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
    Presence,
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
    latest = "2026-11-01T12:00:03Z 3 1"
    later = replace(SERVING, last_run=latest, known_at=latest)
    known = later.after(END)
    assert replace(known, versions={}) == replace(later, under_way=None)
    assert (known.of(TWO).tried, known.of(TWO).outcome) == (1, DEPLOYED)
    assert known.of(TWO).healthy == END.place.split()[0]
    assert known.after(replace(END, outcome=FAILED, since=0)) == known


def test_an_end_that_touched_nothing_hides_no_older_one_that_did() -> None:
    place = "2026-11-01T12:00:03Z 3 1"
    untouched = replace(END, outcome=FAILED, serves=None, is_untouched=True, place=place, since=0)
    assert SERVING.after(untouched).after(END).serves == TWO


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


URL, COMMIT = "https://github.test/octo/rings-deploy/actions/runs/2", "c" * 40
TOLD = replace(END, run=URL, configuration=COMMIT, run_id=2)
NOW = Presence(ended=END.moment, tried=1, place=END.place, run=URL, configuration=COMMIT)
FREE = replace(SERVING, under_way=None, last_run=END.place, known_at=END.place, last_ordered=2)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (
            TOLD,
            replace(
                FREE,
                serves=TWO,
                versions={TWO: replace(NOW, healthy=END.moment, outcome=DEPLOYED)},
            ),
        ),
        (
            replace(TOLD, outcome=FAILED, serves=TWO),
            replace(
                FREE,
                serves=TWO,
                versions={TWO: replace(NOW, untested=END.moment, outcome=FAILED)},
            ),
        ),
        (
            replace(TOLD, outcome=FAILED, serves=ONE, trouble="look"),
            replace(FREE, versions={TWO: replace(NOW, outcome=FAILED)}, trouble="look"),
        ),
        (
            replace(TOLD, outcome=FAILED, serves=None),
            replace(FREE, versions={TWO: replace(NOW, outcome=FAILED)}, is_unknown=True),
        ),
        (
            replace(TOLD, outcome=CANCELLED, serves=None, is_untouched=True),
            replace(FREE, known_at="", versions={TWO: replace(NOW, outcome=CANCELLED)}),
        ),
        (
            replace(TOLD, outcome=CANCELLED, serves=None, is_untouched=True, is_dropped=True),
            replace(FREE, known_at="", last_run=SERVING.last_run),
        ),
    ],
    ids=["deployed", "left untested", "went back", "cut", "not begun", "dropped"],
)
def test_all_that_an_end_tells_is_written_down_and_nothing_else(
    end: RunEnd, expected: StageRecord
) -> None:
    assert SERVING.after(end) == expected


@pytest.mark.parametrize(
    ("order", "outcome", "serves", "about", "presence"),
    [
        (
            Order(RESTORE, "dev", TWO, instead_of=ONE, decision=3),
            DEPLOYED,
            TWO,
            TWO,
            replace(NOW, tried=-1, healthy=END.moment, outcome=DEPLOYED),
        ),
        (
            Order(REMOVE, "dev", instead_of=ONE, decision=3),
            REMOVED,
            "",
            ONE,
            replace(NOW, tried=-1, removed=END.moment, outcome=REMOVED),
        ),
        (Order(REMOVE, "dev", instead_of=ONE), FAILED, None, ONE, replace(NOW, tried=-1)),
        (Order(REMOVE, "dev"), FAILED, None, ONE, replace(NOW, tried=-1)),
    ],
)
def test_an_end_is_written_down_of_the_version_that_it_is_about(
    order: Order, outcome: str, serves: str | None, about: str, presence: Presence
) -> None:
    record = replace(SERVING, under_way=replace(CLAIM, order=order))
    known = record.after(replace(TOLD, order=order, outcome=outcome, serves=serves))
    assert known.versions == {about: presence}
    assert known.serves == (ONE if serves is None else serves)


def test_a_look_tells_of_the_stage_and_of_no_version() -> None:
    record = replace(SERVING, is_unknown=True, trouble="before")
    told = replace(TOLD, order=Order(LOOK, "dev"), outcome=LOOKED, serves=ONE, trouble="now")
    known = record.after(told)
    assert known == replace(
        record, is_unknown=False, last_run=END.place, known_at=END.place, trouble="before"
    )


def test_a_stage_of_which_no_run_ever_told_anything_is_empty() -> None:
    removal = replace(TOLD, order=Order(REMOVE, "dev"), outcome=REMOVED, serves="")
    assert StageRecord().after(removal) == StageRecord(last_run=END.place, known_at=END.place)


def test_what_was_healthy_last_comes_first() -> None:
    presences = {"a": Presence(healthy="1"), "b": Presence(), "c": Presence(healthy="2")}
    assert list(StageRecord(presences).healthy()) == ["c", "a"]


def test_two_renewals_of_a_claim_never_have_the_same_time() -> None:
    assert CLAIM.renewed("other", 9) == replace(CLAIM, claimed_by="other", claimed_at=9)
    assert CLAIM.renewed("other", 7).claimed_at == CLAIM.renewed("other", 3).claimed_at == 8
