"""What a report means once GitHub confirms its run, and what GitHub tells without one."""

from dataclasses import replace
from typing import Any

import pytest

from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.run_ends import OthersRuns, RunEnds
from deploy_dispatch.stage_record import STARTED, WITHDRAWN, RunEnd, StageRecord, UnderWay
from deploy_dispatch.stage_report import ReportError, StageReport
from deploy_dispatch.workflow_runs import place_of
from tests.unit.functions.deploy_dispatch.fake_runs import BEGAN, PROJECT, FakeRuns, run, told

GROUP = "Rings-p-abcdefghijkl"
ARN, OLD = (f"arn:aws:sagemaker:eu-west-1:1:model-package/{GROUP}/{n}" for n in (7, 6))
ORDER = Order(DEPLOY, "dev", ARN, decision=2)
TITLE = f"Deploy {ARN} to dev"
SINCE = round(BEGAN * 1000)
UNDER_WAY = UnderWay(ORDER, STARTED, "event", SINCE, SINCE, after=10)
URL = "https://github.test/octo/rings-deploy/actions/runs/11"
NOW, MOMENT = 1000.25, "2027-01-15T08:16:40.250Z"
REMOVAL = {"path": ".github/workflows/destroy.yml"}
REPORT = StageReport(
    group=GROUP,
    model_package_arn=ARN,
    stage="dev",
    outcome="deployed",
    at=MOMENT,
    reason="",
    serves=ARN,
    run_url=URL,
    attempt=1,
    approved_by="",
    is_untouched=False,
    configuration="d" * 40,
    digests={},
)


def _ends(*attempts: Any, begun: Any = ((11, 1),), now: float = NOW) -> RunEnds:
    api: Any = FakeRuns(list(attempts), set(begun))
    return RunEnds(api, PROJECT, BEGAN + now)


def _of_report(
    report: StageReport, *attempts: Any, under_way: UnderWay | None = UNDER_WAY
) -> RunEnd:
    record = StageRecord(under_way=under_way)
    return _ends(*attempts).of_report(report, record, {ARN: 5, OLD: 4, "": 0}.__getitem__)


def test_a_report_of_an_orders_run_is_the_end_of_the_order() -> None:
    ran = run(11, TITLE)
    assert _of_report(REPORT, ran) == RunEnd(
        order=ORDER,
        outcome="deployed",
        serves=ARN,
        place=place_of(ran),
        run_id=11,
        moment=MOMENT,
        is_untouched=False,
        since=SINCE,
        run=URL,
        configuration="d" * 40,
    )


@pytest.mark.parametrize(
    ("under_way", "attempt"),
    [(None, 1), (replace(UNDER_WAY, after=11), 1), (UNDER_WAY, 2)],
    ids=["nothing is under way", "a later order is", "run again"],
)
def test_a_report_of_a_persons_run_is_no_end_of_an_order(
    under_way: UnderWay | None, attempt: int
) -> None:
    ran = run(11, TITLE, attempt=attempt)
    end = _of_report(replace(REPORT, attempt=attempt), ran, under_way=under_way)
    assert (end.order, end.since) == (Order(DEPLOY, "dev", ARN, decision=5), 0)


def test_a_report_that_does_not_tell_its_configuration_has_that_of_its_run() -> None:
    told_less = replace(REPORT, configuration="", is_untouched=True)
    end = _of_report(told_less, run(11, TITLE))
    assert (end.configuration, end.is_untouched) == ("c" * 40, True)
    assert _of_report(told_less, run(11, TITLE, head_sha=None)).configuration == ""


@pytest.mark.parametrize(
    ("title", "more", "report", "order"),
    [
        (
            f"{TITLE} instead of {OLD}",
            {},
            {},
            Order(RESTORE, "dev", ARN, instead_of=OLD, decision=4),
        ),
        ("Deploy the newest approved model to dev", {}, {}, Order(DEPLOY, "dev", ARN, decision=5)),
        (
            "Deploy the newest approved model to dev",
            {},
            {"model_package_arn": "", "outcome": "failed", "serves": None},
            Order(REMOVE, "dev"),
        ),
        (
            "Deploy arn:other/1 to dev",
            {},
            {"model_package_arn": "", "outcome": "failed", "serves": None},
            Order(REMOVE, "dev"),
        ),
        (
            TITLE.replace("Rings", "rings"),
            {},
            {},
            Order(DEPLOY, "dev", ARN.replace("R", "r"), "", 5),
        ),
        (
            "Remove dev",
            REMOVAL,
            {"outcome": "removed", "serves": ""},
            Order(REMOVE, "dev", "", "", 5),
        ),
        (
            f"Remove dev instead of {OLD}",
            REMOVAL,
            {"outcome": "removed", "serves": ""},
            Order(REMOVE, "dev", instead_of=OLD, decision=4),
        ),
        ("Look at dev", REMOVAL, {"outcome": "looked"}, Order(LOOK, "dev")),
        ("Look at dev", REMOVAL, {"outcome": "failed", "serves": None}, Order(LOOK, "dev")),
    ],
)
def test_what_a_run_was_to_do_is_told_by_its_name(
    title: str, more: dict[str, Any], report: dict[str, Any], order: Order
) -> None:
    end = _of_report(replace(REPORT, **report), run(11, title, **more), under_way=None)
    assert end.order == order


@pytest.mark.parametrize(
    ("attempts", "report", "why"),
    [
        ([], {}, f"GitHub has no attempt 1 of the run {URL}"),
        ([run(11, TITLE)], {"attempt": 2}, f"GitHub has no attempt 2 of the run {URL}"),
        ([run(11, "Anything")], {}, f"the run {URL} is 'Anything', and not of dev"),
        ([run(11, TITLE)], {"stage": "prod"}, f"the run {URL} is '{TITLE}', and not of prod"),
        (
            [run(11, TITLE, path=".github/workflows/other.yml")],
            {},
            f"the run {URL} is '{TITLE}', and not of dev",
        ),
        (
            [run(11, TITLE)],
            {"model_package_arn": OLD, "serves": OLD},
            f"the run {URL} is '{TITLE}', and of no other version",
        ),
        ([run(11, TITLE)], {"serves": OLD}, f"the run {URL} cannot end as deployed"),
        ([run(11, TITLE)], {"outcome": "looked"}, f"the run {URL} cannot end as looked"),
        ([run(11, TITLE)], {"outcome": "removed"}, f"the run {URL} cannot end as removed"),
        ([run(11, "Remove dev", **REMOVAL)], {}, f"the run {URL} cannot end as deployed"),
        (
            [run(11, "Remove dev", **REMOVAL)],
            {"outcome": "rolled_back"},
            f"the run {URL} cannot end as rolled_back",
        ),
        (
            [run(11, "Remove dev", **REMOVAL)],
            {"outcome": "looked"},
            f"the run {URL} cannot end as looked",
        ),
        ([run(11, "Look at dev", **REMOVAL)], {}, f"the run {URL} cannot end as deployed"),
        (
            [run(11, "Look at dev", **REMOVAL)],
            {"outcome": "removed"},
            f"the run {URL} cannot end as removed",
        ),
        (
            [run(11, "Look at dev", **REMOVAL)],
            {"outcome": "rolled_back"},
            f"the run {URL} cannot end as rolled_back",
        ),
    ],
)
def test_a_report_that_its_run_does_not_bear_out_is_refused(
    attempts: list[Any], report: dict[str, Any], why: str
) -> None:
    with pytest.raises(ReportError) as refused:
        _of_report(replace(REPORT, **report), *attempts)
    assert str(refused.value).startswith(f"The report of a deployment was refused, since {why}; ")


def _silent(*attempts: Any, under_way: UnderWay = UNDER_WAY, **more: Any) -> RunEnd | None:
    return _ends(*attempts, **more).without_report(under_way)


@pytest.mark.parametrize(
    ("conclusion", "outcome"),
    [("failure", "failed"), ("success", "failed"), ("cancelled", "cancelled")],
)
def test_a_run_that_began_and_reported_nothing_left_the_stage_unknown(
    conclusion: str, outcome: str
) -> None:
    ran = run(11, TITLE, conclusion=conclusion)
    assert _silent(ran) == RunEnd(
        order=ORDER,
        since=SINCE,
        outcome=outcome,
        serves=None,
        place=place_of(ran),
        run_id=11,
        moment=MOMENT,
        run=URL,
        configuration="c" * 40,
    )


@pytest.mark.parametrize(("now", "is_over"), [(119.0, False), (120.0, True)])
def test_a_report_may_come_two_minutes_after_the_end(now: float, is_over: bool) -> None:
    assert (_silent(run(11, TITLE), now=now) is not None) == is_over


@pytest.mark.parametrize("status", ["queued", "in_progress", "waiting"])
def test_a_run_that_goes_on_has_not_ended(status: str) -> None:
    assert _silent(run(11, TITLE, status=status)) is None


def test_a_run_that_never_began_changed_nothing_and_is_told_of() -> None:
    ran = run(11, TITLE, conclusion="failure")
    end = _silent(ran, begun=(), now=1.0)
    assert end is not None
    assert (end.outcome, end.is_untouched, end.is_dropped) == ("failed", True, False)
    assert end.trouble == (
        f"{TITLE} did not begin, as {URL} shows; put right what it names, then re-run it there."
    )


@pytest.mark.parametrize(
    ("state", "later", "is_dropped"),
    [(STARTED, False, False), (WITHDRAWN, False, True), (STARTED, True, True)],
    ids=["a person cancelled it", "we did", "GitHub did"],
)
def test_a_run_that_was_cancelled_before_it_began_is_dropped_unless_a_person_did_it(
    state: str, later: bool, is_dropped: bool
) -> None:
    ran = run(11, TITLE, conclusion="cancelled")
    on = {"status": "in_progress", "created": 0.0}
    others = [run(9, "Remove dev", **on), run(12, "Remove dev", **on)] if later else []
    under_way = replace(UNDER_WAY, state=state)
    end = _silent(ran, *others, under_way=under_way, begun=(), now=1.0)
    assert end is not None
    assert (end.outcome, end.is_untouched, end.is_dropped) == ("cancelled", True, is_dropped)
    assert (end.trouble, end.serves) == ("", None)


@pytest.mark.parametrize(("now", "is_gone"), [(240.0, False), (240.5, True)])
def test_a_run_that_does_not_show_after_four_minutes_is_gone(now: float, is_gone: bool) -> None:
    end = _silent(now=now)
    assert (end is not None) == is_gone
    if end is not None:
        assert end == RunEnd(
            order=ORDER,
            since=SINCE,
            outcome="failed",
            serves=None,
            place=end.moment,
            moment="2027-01-15T08:04:00.500Z",
            trouble=(
                f"the run {TITLE!r} is not on GitHub, where it was deleted or never came to be; "
                "start it by hand."
            ),
        )


def _others(*attempts: Any, record: StageRecord | None = None, **more: Any) -> OthersRuns:
    return _ends(*attempts, **more).of_others(ORDER, record or StageRecord())


def test_a_stage_with_no_run_of_people_is_free() -> None:
    assert _others() == OthersRuns(0)
    counted = run(11, TITLE)
    record = StageRecord(last_run=place_of(counted))
    assert _others(counted, run(9, TITLE, created=-1.0), record=record) == OthersRuns(11)
    assert _others(run(12, "Remove prod"), counted, record=record) == OthersRuns(12)


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_run_of_people_that_goes_on_is_awaited(status: str) -> None:
    assert _others(run(11, "Remove dev", status=status)) == OthersRuns(11, "Remove dev")


def test_a_run_of_people_may_report_for_two_minutes() -> None:
    assert _others(run(11, "Remove dev"), now=119.0) == OthersRuns(11, "Remove dev")


def test_a_run_of_people_that_never_began_is_passed_over() -> None:
    assert _others(run(11, "Remove dev"), begun=()) == OthersRuns(11)
    two = [run(11, "Remove dev"), run(12, "Look at dev", created=1.0)]
    assert _others(*two).title == "Remove dev"


@pytest.mark.parametrize(
    ("conclusion", "outcome"), [("failure", "failed"), ("cancelled", "cancelled")]
)
def test_a_run_of_people_that_reported_nothing_left_the_stage_unknown(
    conclusion: str, outcome: str
) -> None:
    ran = run(11, "Remove dev", conclusion=conclusion)
    assert _others(ran) == OthersRuns(
        11,
        "Remove dev",
        RunEnd(
            order=Order(REMOVE, "dev"),
            outcome=outcome,
            serves=None,
            place=place_of(ran),
            run_id=11,
            moment=MOMENT,
            run=URL,
        ),
    )


def test_the_latest_run_of_people_counts_by_githubs_time() -> None:
    older, newer = run(12, "Remove dev", created=1.0), run(11, "Look at dev", created=2.0)
    assert _others(older, newer, begun={(11, 1), (12, 1)}).title == "Look at dev"


def test_moments_are_told_to_the_millisecond() -> None:
    assert _others(run(11, "Remove dev"), now=1000.0).end is not None
    assert told(0.0) == "2027-01-15T08:00:00Z"
