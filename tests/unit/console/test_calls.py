"""What pages ask AWS and GitHub does not grow with versions, and of projects as it is written here.

SageMaker lets few requests a second through, and GitHub 5,000 an hour.
"""

from __future__ import annotations

import math
from collections import Counter

import pytest

from console.asking.fleet import fleet_question
from console.asking.gaps import PageGaps
from tests.console import made_up_github
from tests.console.examples import PAGES
from tests.console.made_up_aws import MadeUpAccount
from tests.unit.console.browsing import browser_of
from tests.unit.console.counted_account import counted_account

# Of the first page: versions of the template, two things of the daily look, costs; the stack twice.
CONSTANT = 6
# Provisioned products, for their names and for all that is known; the ledger. For each hundred.
BY_HUNDRED = 3
# Of a project its last build, its newest version, what that is, its report, its stack.
FIRST_TIME, LATER = 5, 2
MOST_OF_A_PAGE = 50


def asked_by(account: MadeUpAccount, path: str) -> Counter[str]:
    """How often each thing is asked for, for one page."""
    account.asked.clear()
    with (
        made_up_github.access(asked=account.asked) as account.access,
        browser_of(account, clock=lambda: 0.0, asking=1) as browser,
    ):
        words = browser.get(path).words
        assert "not known" not in words
        assert "failed here" not in words
        first = Counter(name for name, _ in account.asked)
        browser.get(path)
    assert len(account.asked) == first.total(), "a warm page asks"
    return first


def by_projects(projects: int, of_each: int) -> int:
    return of_each * projects + BY_HUNDRED * math.ceil(projects / 100)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_as_much_of_500_versions_as_of_a_few_and_then_nothing(path: str) -> None:
    # What serves is version 2, in both cases an older one than the page of a project shows.
    few, many = (asked_by(counted_account(versions=count), path) for count in (12, 500))
    assert few == many
    assert 0 < many.total() <= MOST_OF_A_PAGE
    assert many["github:repository"] == 0


@pytest.mark.parametrize("projects", [1, 4, 101])
def test_the_first_page_asks_five_things_of_each_project(projects: int) -> None:
    asked = asked_by(counted_account(projects), "/")
    assert asked.total() == CONSTANT + by_projects(projects, FIRST_TIME), asked


def test_the_first_page_asks_two_things_of_each_project_later() -> None:
    account = counted_account(4)
    asked_by(account, "/")
    account.asked.clear()
    fleet_question(account).ask(PageGaps())
    # Costs are asked for three times a day, and names until the rest is known.
    assert len(account.asked) == CONSTANT - 2 + by_projects(4, LATER) - 1, account.asked


def test_a_build_is_asked_for_again_although_nothing_else_is_new() -> None:
    account = counted_account(2)
    question = fleet_question(account)
    for _ in range(2):
        question.ask(PageGaps())
    assert len(account.asked_of("ListPipelineExecutions")) == 4
    assert len(account.asked_of("DescribeModelPackage")) == 2
