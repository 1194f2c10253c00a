"""The same pages with the credentials of different people: each sees what that person may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from console.asking.account import Account
from console.asking.answers import THREADS, Answers
from console.pages.addresses import ADDRESSES
from console.serving.page import Visit, look_at, render_panel
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.reviewers import MODEL_REVIEWER, reviewer
from rehearsal.conductor.aws_accounts import AwsUser
from rehearsal.conductor.console import operator
from tests.rehearsed.console.people import account_of

pytestmark = pytest.mark.timeout(900)
_GAP = re.compile(r'<p class="gap">(.*?)</p>', re.DOTALL)
_RIGHT = re.compile(r"the right ([a-z-]+:\w+) is missing")
# The local AWS has no Cost Explorer, and without a token GitHub is left out.
_NOT_OF_SCIENTISTS = {
    "/": ["cloudformation:DescribeStacks"],
    "/projects/{group}": [
        "cloudformation:DescribeStackEvents",
        "dynamodb:BatchGetItem",
        "logs:FilterLogEvents",
        "sagemaker:ListEndpoints",
    ],
    "/projects/{group}/events": ["cloudformation:DescribeStackEvents", "logs:FilterLogEvents"],
    "/projects/{group}/stages/{stage}": [
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "dynamodb:BatchGetItem",
        "sagemaker:DescribeEndpoint",
    ],
    "/projects/{group}/stages/{stage}/ask": ["dynamodb:BatchGetItem"],
    "/projects/{group}/steps/{name}": [],
    "/projects/{group}/versions/{number}": ["dynamodb:BatchGetItem"],
}
_NOBODYS = ("Cost:", "GitHub is left out")


class Person:
    """Somebody, with the pages of this project as that person sees them."""

    def __init__(self, account: Account, answers: Answers, group: str) -> None:
        self.account, self._answers = account, answers
        self._path = {"group": group, "number": "1", "stage": "dev", "name": "Train"}

    def see(self, address: str) -> str:
        """The text of a page, when all of it is answered."""
        page = dict(ADDRESSES)[address](Visit(self.account, self._path))
        questions = [question for panel in page.panels for question in panel.questions]
        self._answers.await_first(questions, 60)
        return "\n".join(
            render_panel(panel, look_at(panel, self._answers), "csrf") for panel in page.panels
        )

    def gaps(self, address: str) -> list[str]:
        """What this person is told to lack."""
        return [line for line in _GAP.findall(self.see(address)) if not line.startswith(_NOBODYS)]


@contextmanager
def _as(user: AwsUser, group: str) -> Iterator[Person]:
    with account_of(user) as account, ThreadPoolExecutor(THREADS) as threads:
        yield Person(account, Answers(threads, account.renew), group)


def test_an_operator_lacks_nothing(play: Play, group: str) -> None:
    with _as(operator(play.world, "second-operator"), group) as person:
        assert {address: person.gaps(address) for address, _ in ADDRESSES} == {
            address: [] for address, _ in ADDRESSES
        }


def test_a_data_scientist_sees_the_model_and_not_the_ledger(play: Play, group: str) -> None:
    with _as(play.studio, group) as person:
        lacks = {
            address: sorted(
                {right for gap in person.gaps(address) for right in _RIGHT.findall(gap)}
            )
            for address, _ in ADDRESSES
        }
        assert f"/projects/{group}" in person.see("/")
        project = person.see("/projects/{group}")
        version = person.see("/projects/{group}/versions/{number}")
    assert lacks == _NOT_OF_SCIENTISTS
    assert "succeeded" in project
    assert "mean squared error" in version


def test_a_reviewer_sees_versions_alone(play: Play, group: str) -> None:
    with _as(reviewer(play, MODEL_REVIEWER), group) as person:
        first, version = person.see("/"), person.see("/projects/{group}/versions/{number}")
    assert "the right sagemaker:ListProjects is missing" in first
    assert "approved" in version
