"""A run that is not wanted any more is taken back if it has not begun, and soon."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy_dispatch.order import DEPLOY, Order
from deploy_dispatch.project import Project
from deploy_dispatch.stage_record import CANCELLED, WITHDRAWN, RunEnd, UnderWay
from deploy_dispatch.withdrawal import Withdrawal
from github_client.answers import Answer
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeTime

PROJECT = Project("octo", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
ORDER = Order(DEPLOY, "dev", "arn:7", decision=1)
BEGAN = FakeTime().now
UNDER_WAY = UnderWay(ORDER, WITHDRAWN, "event", round(BEGAN * 1000), round(BEGAN * 1000), after=1)


def _told(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@dataclass
class _GitHub:
    """Shows one run from a moment on, and ends it some time after it is asked to cancel it."""

    time: FakeTime
    shows_after: float = 0.0
    ends_after: float = 0.0
    status: str = "queued"
    began: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    cancelled_at: float | None = None

    def send(self, method: str, path: str, *_: Any, **__: Any) -> Answer:
        place = path.partition("?")[0].removeprefix("/repos/octo/rings-deploy/actions/")
        self.asked.append((method, place))
        if place == "runs/7/cancel":
            self.cancelled_at = self.time.now
            return Answer(202, {}, {})
        if place == "runs/7/jobs":
            steps = [{"name": "Set up job"}] if self.began else []
            return Answer(200, {}, {"jobs": [{"steps": steps, "run_attempt": 1}]})
        assert place == "workflows/deploy.yml/runs"
        return Answer(200, {}, {"workflow_runs": self._runs()})

    def _runs(self) -> list[dict[str, Any]]:
        if self.time.now < BEGAN + self.shows_after:
            return []
        cancelled = self.cancelled_at
        over = cancelled is not None and self.time.now >= cancelled + self.ends_after
        return [
            {
                "id": 7,
                "run_attempt": 1,
                "display_title": ORDER.title,
                "created_at": _told(BEGAN),
                "run_started_at": "2027-01-15T08:00:00Z",
                "status": "completed" if over else self.status,
                "conclusion": "cancelled" if over else None,
            }
        ]


def _withdraw(github: _GitHub, seconds: float = 100.0) -> RunEnd | None:
    deadline = Deadline(BEGAN + seconds, github.time.clock, github.time.sleep)
    api: Any = github
    return Withdrawal(api, PROJECT, deadline).of(UNDER_WAY)


@pytest.mark.parametrize("status", ["queued", "pending", "waiting", "requested"])
def test_a_run_that_waits_is_cancelled_and_counts_as_never_started(status: str) -> None:
    github = _GitHub(FakeTime(), status=status)
    assert _withdraw(github) == RunEnd(
        order=ORDER,
        since=UNDER_WAY.since,
        outcome=CANCELLED,
        serves=None,
        place=f"2027-01-15T08:00:00Z {7:020d} {1:05d}",
        run_id=7,
        moment="",
        is_untouched=True,
        is_dropped=True,
    )
    assert ("POST", "runs/7/cancel") in github.asked


@pytest.mark.parametrize("status", ["in_progress", "completed"])
def test_a_run_that_has_begun_is_left_alone(status: str) -> None:
    github = _GitHub(FakeTime(), status=status)
    assert _withdraw(github) is None
    assert [method for method, _ in github.asked] == ["GET"]


def test_a_run_that_began_while_it_was_cancelled_did_something() -> None:
    assert _withdraw(_GitHub(FakeTime(), began=True)) is None


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.5, 7.5, 13.0, 19.0])
def test_a_run_is_seen_within_two_seconds_of_its_showing_and_of_its_end(seconds: float) -> None:
    for late in ({"shows_after": seconds}, {"ends_after": seconds}):
        github = _GitHub(FakeTime(), **late)
        assert _withdraw(github) is not None
        assert github.time.now <= BEGAN + seconds + 2.0


@pytest.mark.parametrize("late", [{"shows_after": 21.0}, {"ends_after": 21.0}])
def test_a_run_that_is_not_seen_within_twenty_seconds_is_left_to_a_later_look(
    late: dict[str, float],
) -> None:
    github = _GitHub(FakeTime(), **late)
    assert _withdraw(github) is None
    assert github.time.now <= BEGAN + 20.0


def test_the_wait_for_a_run_ends_with_the_time_of_the_function() -> None:
    github = _GitHub(FakeTime(), ends_after=50.0)
    assert _withdraw(github, seconds=7.0) is None
    assert github.time.now <= BEGAN + 7.0
