"""What the rules of an environment say of a job that waits since noon."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from rehearsal.github.actions.deployment_gate import judge
from rehearsal.github.core.resources import Environment, Job, Reviewer

Review = Literal["", "approved", "rejected"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = "2026-11-23T12:00:00Z"
PROD = Environment(1, 1, NOW, NOW, "prod")
ASKING = replace(PROD, reviewers=(Reviewer("User", 1001),))


def state(environment: Environment, review: Review = "", **after: float) -> str:
    labels = ("ubuntu-24.04",)
    job = Job(1, 1, 1, "deploy", "deploy", labels, "github_x", NOW, waiting_since=NOW)
    return judge(environment, replace(job, review=review), NOON + timedelta(**after)).state


def test_a_timer_opens_when_its_minutes_are_over() -> None:
    timed = replace(PROD, wait_timer_minutes=5)
    assert state(timed, minutes=4.9) == "waiting"
    assert state(timed, minutes=5) == "open"


def test_a_review_and_a_timer_are_both_needed() -> None:
    both = replace(ASKING, wait_timer_minutes=5)
    assert state(both, minutes=6) == "waiting"
    assert state(both, "approved", minutes=4) == "waiting"
    assert state(both, "approved", minutes=5) == "open"


def test_a_waiting_job_is_looked_at_again_when_its_timer_ends() -> None:
    timed = replace(PROD, wait_timer_minutes=5)
    job = Job(1, 1, 1, "deploy", "deploy", (), "github_x", NOW, waiting_since=NOW)
    assert judge(timed, job, NOON).until == NOON + timedelta(minutes=5)


def test_a_rejection_closes_at_once() -> None:
    assert state(ASKING, "rejected") == "closed"


def test_nobody_waits_longer_than_thirty_days() -> None:
    assert state(ASKING, days=29.9) == "waiting"
    assert state(ASKING, days=30) == "closed"
    assert state(ASKING, "approved", days=31) == "open"
