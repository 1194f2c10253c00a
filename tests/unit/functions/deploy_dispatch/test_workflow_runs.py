"""Which run is an order's, whether it began, and what GitHub did to it."""

from typing import Any

import pytest

from deploy_dispatch.order import DEPLOY, LOOK, Order
from deploy_dispatch.stage_record import STARTED, UnderWay
from deploy_dispatch.workflow_runs import (
    cancel_run,
    find_attempt,
    find_run,
    has_begun,
    is_run_of,
    newest_runs,
    place_of,
    was_dropped,
)
from tests.unit.functions.deploy_dispatch.fake_runs import BEGAN, PROJECT, FakeRuns, run, told

ORDER = Order(DEPLOY, "dev", "arn:7", decision=1)
TITLE = "Deploy arn:7 to dev"
SINCE = round(BEGAN * 1000)
UNDER_WAY = UnderWay(ORDER, STARTED, "event", SINCE, SINCE, after=10)
OTHER = "Deploy arn:8 to dev"


def _find(*attempts: Any) -> Any:
    api: Any = FakeRuns(list(attempts))
    return find_run(api, PROJECT, UNDER_WAY)


def test_the_run_of_an_order_is_the_oldest_that_can_be_it() -> None:
    runs = [run(11, TITLE), run(12, OTHER), run(13, TITLE, created=20.0)]
    assert _find(*runs) == runs[0]


@pytest.mark.parametrize(
    ("other", "is_it"),
    [
        (run(11, TITLE), True),
        (run(11, TITLE, created=-60.0), True),
        (run(11, TITLE, created=-61.0), False),
        (run(10, TITLE), False),
        (run(11, f"{TITLE} instead of arn:6"), False),
        (run(11, OTHER), False),
    ],
)
def test_a_run_is_an_orders_by_its_name_number_and_time(other: Any, is_it: bool) -> None:
    assert is_run_of(UNDER_WAY, other) == is_it
    assert (_find(other) is not None) == is_it


def test_a_run_of_another_workflow_is_not_the_orders() -> None:
    assert _find(run(11, TITLE, path=".github/workflows/other.yml")) is None


def test_the_first_attempt_counts_of_what_a_person_ran_again() -> None:
    first, second = run(11, TITLE, conclusion="failure"), run(11, TITLE, attempt=2)
    assert _find(first, second) == first
    assert _find(second) is None


def test_all_pages_are_looked_through_up_to_the_time_of_the_order() -> None:
    late = [run(number, OTHER, created=5.0) for number in range(12, 262)]
    early = [run(number, OTHER, created=-100.0) for number in range(1, 11)]
    api: Any = FakeRuns([*early, run(11, TITLE), *late])
    assert find_run(api, PROJECT, UNDER_WAY)["id"] == 11
    pages = [path for _, path in api.asked]
    query = "workflows/deploy.yml/runs?event=workflow_dispatch&per_page=100&page="
    assert pages == [f"{query}{page}" for page in (1, 2, 3)]
    api.asked.clear()
    find_run(FakeRuns(early), PROJECT, UNDER_WAY)
    api = FakeRuns([run(number, OTHER, created=-100.0) for number in range(1, 200)])
    find_run(api, PROJECT, UNDER_WAY)
    assert len(api.asked) == 1


def test_no_more_is_looked_through_than_github_shows() -> None:
    api: Any = FakeRuns([run(number, OTHER) for number in range(1, 1202)])
    assert find_run(api, PROJECT, UNDER_WAY) is None
    assert len(api.asked) == 10


def test_an_attempt_is_shown_by_its_number() -> None:
    api: Any = FakeRuns([run(11, TITLE), run(11, TITLE, attempt=2, conclusion="failure")])
    found = [find_attempt(api, PROJECT, 11, number) for number in (1, 2, 3)]
    assert [one and one["conclusion"] for one in found] == ["success", "failure", None]


def test_the_newest_hundred_runs_are_shown_whoever_started_them() -> None:
    api: Any = FakeRuns([run(number, OTHER) for number in range(1, 203)])
    assert [one["id"] for one in newest_runs(api, PROJECT)] == list(range(202, 102, -1))
    assert len(api.asked) == 1


def test_a_run_is_cancelled_by_its_number() -> None:
    api: Any = FakeRuns()
    cancel_run(api, PROJECT, run(11, TITLE))
    assert api.asked == [("POST", "runs/11/cancel")]


def test_a_run_has_begun_when_a_job_of_its_attempt_came_to_a_step() -> None:
    first, second = run(11, TITLE), run(11, TITLE, attempt=2)
    api: Any = FakeRuns([first, second], begun={(11, 1)})
    assert has_begun(api, PROJECT, first)
    assert not has_begun(api, PROJECT, second)


def test_runs_stand_in_the_order_of_githubs_own_time() -> None:
    runs = [
        run(9, TITLE, run_started_at=told(1)),
        run(10, TITLE, run_started_at=told(1)),
        run(10, TITLE, run_started_at=told(1), attempt=2),
        run(10, TITLE, run_started_at=told(1), attempt=10),
        run(2, TITLE, run_started_at=told(2)),
    ]
    assert sorted(map(place_of, runs)) == [place_of(one) for one in runs]
    assert place_of(run(9, TITLE, created=1, run_started_at=None)) == place_of(runs[0])


def _dropped(*others: Any, order: Order = ORDER) -> bool:
    """Whether the run 11 was dropped, which was cancelled a minute after it was created."""
    cancelled = run(11, TITLE, conclusion="cancelled", updated_at=told(60))
    api: Any = FakeRuns([cancelled, *others])
    return was_dropped(api, PROJECT, order, cancelled)


GOES_ON = {"status": "in_progress", "conclusion": None}
FIRST = run(8, OTHER, created=-10.0, **GOES_ON)
LATER = run(12, "Remove dev", created=60.0, **GOES_ON)


def test_a_run_is_dropped_where_one_went_on_and_a_later_one_waits() -> None:
    assert _dropped(FIRST, LATER)


@pytest.mark.parametrize(
    "others",
    [
        (),
        (FIRST,),
        (LATER,),
        (FIRST, LATER | {"display_title": "Remove prod"}),
        (FIRST, LATER | {"run_started_at": told(61)}),
        (FIRST | {"status": "completed", "updated_at": told(59)}, LATER),
        (run(8, OTHER, created=-31 * 86_400.0, **GOES_ON), LATER),
    ],
    ids=["alone", "first", "later", "other stage", "came after", "over before", "long ago"],
)
def test_a_run_is_dropped_for_nothing_less(others: tuple[Any, ...]) -> None:
    assert not _dropped(*others)


@pytest.mark.parametrize("title", ["Look at dev", "Remove dev", "Deploy x to dev instead of y"])
def test_every_run_of_a_stage_shares_it(title: str) -> None:
    assert _dropped(FIRST | {"display_title": title}, LATER)
    assert Order(LOOK, "dev").shares_stage(title)


def test_a_run_that_ended_at_that_very_moment_was_there() -> None:
    assert _dropped(FIRST | {"status": "completed", "updated_at": told(60)}, LATER)


@pytest.mark.parametrize(("ended", "was_there"), [(60.0, True), (59.0, False)])
def test_of_a_run_that_was_run_again_the_attempt_of_that_time_counts(
    ended: float, was_there: bool
) -> None:
    again = run(8, OTHER, created=-10.0, attempt=3, run_started_at=told(500), **GOES_ON)
    second = again | {"run_attempt": 2, "run_started_at": told(400)}
    first = again | {
        "run_attempt": 1,
        "run_started_at": told(-10),
        "status": "completed",
        "updated_at": told(ended),
    }
    assert _dropped(again, second, first, LATER) == was_there
    assert not _dropped(again, second, LATER)
    only = again | {"run_attempt": 1}
    assert not _dropped(only, LATER)
