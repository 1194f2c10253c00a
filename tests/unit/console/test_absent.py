"""What an address names and AWS does not have is one sentence, and the way to go on from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from console.pages.addresses import ACTIONS, ADDRESSES
from operations.fleet.stages import TABLE
from tests.console import made_up_github
from tests.console.examples import PARAMETERS, example_of
from tests.console.made_up_answers import GROUP, ID, NAME
from tests.console.made_up_aws import Asked, MadeUpAccount, Only, Refusal
from tests.unit.console.asking.clock import Clock
from tests.unit.console.browsing import Browser, browser_of
from tests.unit.console.counted_account import counted_account

# Each case asks for two whole pages.
pytestmark = pytest.mark.tier("test")
_OTHER_ID = "p-zzzzzzzzzzzz"
_PROJECT, _OF_PROJECT = ("/", "To the projects"), (f"/projects/{GROUP}", f"To the page of {NAME}")
# What an address names instead, what is said of it, and where one goes on.
_CASES = {
    "another project": ("group", f"lost-{_OTHER_ID}", "There is no project lost with", _PROJECT),
    "another id": ("group", f"{NAME}-{_OTHER_ID}", f"There is no project {NAME} with", _PROJECT),
    "no project's name": ("group", "lost", "No project has the model package group", _PROJECT),
    "stage": ("stage", "nowhere", f"{NAME} has no stage nowhere; it has dev, s", _OF_PROJECT),
    "no stage's name": ("stage", "No", "No stage is called No", _OF_PROJECT),
    "step": ("name", "Nothing", f"The newest execution of {NAME}, abcdefgh", _OF_PROJECT),
    "no step's name": ("name", "a b", "No step is called a b", _OF_PROJECT),
    "version": ("number", "77", f"There is no version 77 of {NAME}: it was", _OF_PROJECT),
    "no number": ("number", "03", "No version is called 03", _OF_PROJECT),
}
# What AWS has nothing of is an empty list there, and an error elsewhere.
_LISTS: dict[str, Any] = {
    "BatchGetItem": {"Responses": Only({TABLE: []})},
    "DescribeAlarms": {"MetricAlarms": []},
    "FilterLogEvents": {"events": []},
    "GetMetricData": {"MetricDataResults": []},
    "ListEndpoints": {"Endpoints": []},
    "ListPipelineExecutions": Refusal("ResourceNotFound", "It does not exist."),
}
_GONE = Refusal("ValidationException", "It does not exist.")


def _account(*unknown: str) -> MadeUpAccount:
    """One that has nothing whose name has one of these parts."""
    account = counted_account()

    def answer(known: Any, gone: Any) -> Callable[[Asked], Any]:
        def told(asked: Asked) -> Any:
            if any(part in str(asked) for part in unknown):
                return gone
            return known(asked) if callable(known) else known

        return told

    operations = {*account.answers, *_LISTS, "DescribeStackEvents"} - {"GetCallerIdentity"}
    account.answers |= {
        name: answer(account.answers.get(name, {}), _LISTS.get(name, _GONE)) for name in operations
    }
    return account


@contextmanager
def _browser(account: MadeUpAccount, *, has_github: bool = True) -> Iterator[Browser]:
    with made_up_github.access() as access:
        account.access = access if has_github else None
        with browser_of(account) as browser:
            yield browser


def _addresses(parameter: str, listed: Any = ADDRESSES) -> list[str]:
    return [address for address, _ in listed if f"{{{parameter}}}" in address]


@pytest.mark.parametrize("has_github", [True, False])
@pytest.mark.parametrize(
    ("case", "address"),
    [(case, address) for case, told in _CASES.items() for address in _addresses(told[0])],
)
def test_what_is_not_there_is_one_sentence_with_where_to_go_on(
    case: str, address: str, has_github: bool
) -> None:
    parameter, text, sentence, way = _CASES[case]
    account = _account("lost", _OTHER_ID, "nowhere", "/77'")
    with _browser(account, has_github=has_github) as browser:
        whole = browser.get(example_of(address))
        usual = len(account.asked)
        account.asked.clear()
        shown = browser.get(example_of(address.replace(f"{{{parameter}}}", text)))
    assert whole.status == 200
    assert (shown.status, shown.words.count(". ")) == (404, 1), shown.words
    assert shown.words.startswith(f"Console {sentence}")
    assert re.findall('<a href="([^"]*)">(.*?)</a>', shown.source) == [way]
    assert len(account.asked) <= usual


@pytest.mark.parametrize("case", ["another project", "stage", "version"])
def test_a_form_about_what_is_not_there_ends_in_the_same_sentence(case: str) -> None:
    parameter, text, sentence, _ = _CASES[case]
    for address in _addresses(parameter, ACTIONS):
        with _browser(_account("lost", "nowhere", "/77'")) as browser:
            form = {"csrf": browser.keys.csrf, "decision": "reject", "record": "1"}
            path = example_of(address.replace(f"{{{parameter}}}", text))
            shown = browser.post(path, form)
        assert (shown.status, shown.words.count(". ")) == (404, 1), shown.words
        assert shown.words.startswith(f"Console {sentence}")


def test_a_step_of_a_pipeline_that_was_never_executed_is_one_sentence() -> None:
    account = counted_account()
    account.answers["ListPipelineExecutions"] = {"PipelineExecutionSummaries": []}
    with _browser(account) as browser:
        shown = browser.get(example_of("/projects/{group}/steps/{name}"))
    assert shown.status == 404
    assert f"There is no step {PARAMETERS['name']}: the pipeline of {NAME} was never" in shown.words


@pytest.mark.parametrize("address", _addresses("group"))
def test_what_may_not_be_read_is_not_said_to_be_absent(address: str) -> None:
    account = counted_account()
    account.answers |= dict.fromkeys(account.answers, Refusal("AccessDeniedException"))
    with _browser(account) as browser:
        shown = browser.get(example_of(address))
    assert shown.status == 200
    assert "There is no" not in shown.words


def test_a_step_is_not_missed_as_long_as_it_is_not_known_which_there_are() -> None:
    account = counted_account()
    refusal = Refusal("AccessDeniedException")
    account.answers["DescribePipelineDefinitionForExecution"] = refusal
    with _browser(account) as browser:
        shown = browser.get(f"/projects/{GROUP}/steps/Register")
    assert shown.status == 200
    assert "has no step Register" in shown.words


def test_an_open_page_whose_version_is_deleted_is_told_so_once() -> None:
    account = counted_account()
    path = example_of("/projects/{group}/versions/{number}")
    clock = Clock()
    with browser_of(account, clock) as browser:
        assert browser.get(path).status == 200
        account.answers["DescribeModelPackage"] = _GONE
        clock.now += 100
        assert browser.get_until(path, lambda words: "There is no" in words).status == 404
        sent = browser.get(f"/live{path}").source
    assert sent.count("event: ") == 1
    assert "event: absent" in sent
    assert f"There is no version {PARAMETERS['number']} of {NAME}" in sent
    assert ID in sent
