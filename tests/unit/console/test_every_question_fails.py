"""Whatever question of whatever panel fails, the panel ends in a sentence and the others stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from urllib3 import Retry

from console.asking.answers import Answer, Answers
from console.pages.addresses import ADDRESSES
from console.serving.page import Page, Panel, Visit, render_panel
from operations.github_access import open_github
from tests.console import made_up_github
from tests.console.examples import PARAMETERS
from tests.console.made_up_aws import MadeUpAccount, Refusal
from tests.unit.console.counted_account import counted_account

_TIMES_OUT = ReadTimeoutError(endpoint_url="https://aws.test/")
_GAP = '<p class="gap">'
_SENTENCE = re.compile(f'{_GAP}|role="status"')
_TAGS = re.compile(r"<h2.*?</h2>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Whole:
    """A page with the answers to all of its questions."""

    page: Page
    answers: Mapping[str, Answer]

    def render(self, panel: Panel, failed: Mapping[str, Answer]) -> str:
        """A panel, some of whose answers are others."""
        found = {**self.answers, **failed}
        return render_panel(panel, {one.name: found[one.name] for one in panel.questions}, "csrf")


def _page(make: Callable[[Visit], Page], account: MadeUpAccount) -> Page:
    return make(Visit(account, PARAMETERS))


def _answers(page: Page) -> Mapping[str, Answer]:
    questions = [question for panel in page.panels for question in panel.questions]
    with ThreadPoolExecutor(8) as threads:
        answers = Answers(threads, lambda: None)
        answers.await_first(questions, 60)
        return {question.name: answers.look(question) for question in questions}


@cache
def _whole(address: str) -> Whole:
    with made_up_github.access() as access:
        account = counted_account()
        account.access = access
        page = _page(dict(ADDRESSES)[address], account)
        return Whole(page, _answers(page))


_FAILURES = {
    "refused or failed": Answer(None, is_known=True, lines=["Things: not known."]),
    "silent": Answer(waiting_seconds=30.0, waits_for="DynamoDB"),
    "silent by now": Answer(None, True, ["Things: not known."], 1, 30.0, "DynamoDB"),
}


@pytest.mark.parametrize("how", _FAILURES)
@pytest.mark.parametrize("address", dict(ADDRESSES))
def test_a_panel_ends_in_a_sentence_whichever_question_fails(address: str, how: str) -> None:
    whole = _whole(address)
    bad = [
        (names, panel.name, shown)
        for names in [*([name] for name in whole.answers), list(whole.answers)]
        for panel in whole.page.panels
        if not {one.name for one in panel.questions}.isdisjoint(names)
        for shown in [whole.render(panel, dict.fromkeys(names, _FAILURES[how]))]
        if "Asking" in shown or "failed here" in shown or not _SENTENCE.search(shown)
    ]
    assert not bad, bad


@pytest.mark.parametrize("address", dict(ADDRESSES))
def test_no_panel_is_empty_while_it_is_asked_for(address: str) -> None:
    whole = _whole(address)
    bad = [
        (name, panel.name)
        for name in whole.answers
        for panel in whole.page.panels
        if name in {one.name for one in panel.questions}
        if _is_empty(whole.render(panel, {name: Answer()}))
    ]
    assert not bad, bad


def _is_empty(shown: str) -> bool:
    return not _TAGS.sub("", shown).strip()


def _break(_: Any) -> Any:
    raise KeyError("a member that AWS always tells")


_HOW_AWS_FAILS: Mapping[str, Any] = {
    "refuses": Refusal("AccessDeniedException"),
    "throttles": Refusal("ThrottlingException", "Rate exceeded"),
    "is not there": EndpointConnectionError(endpoint_url="https://aws.test/"),
    "is not reached": ConnectTimeoutError(endpoint_url="https://aws.test/"),
    "times out": _TIMES_OUT,
    "answers oddly": _break,
}


_ACCOUNT = cache(counted_account)


def _forgetful(failed: Mapping[str, Any] = MappingProxyType({})) -> MadeUpAccount:
    """The same account, since clients take long to make, with nothing that it was told before."""
    account, new = _ACCOUNT(), counted_account()
    account.answers = {**new.answers, **failed}
    account.facts, account.documents, account.recent = new.facts, new.documents, new.recent
    account.costs = new.costs
    return account


@pytest.mark.tier("test")
@pytest.mark.parametrize("how", _HOW_AWS_FAILS)
@pytest.mark.parametrize("address", dict(ADDRESSES))
def test_a_page_tells_what_aws_did_not_answer(
    address: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Each operation alone, and all of them."""
    caplog.set_level("CRITICAL")
    make, account = dict(ADDRESSES)[address], _forgetful()
    account.asked.clear()
    _answers(_page(make, account))
    asked = sorted({name for name, _ in account.asked})
    bad = []
    for names in [*([name] for name in asked), asked]:
        failed = dict.fromkeys(names, _HOW_AWS_FAILS[how])
        account = _forgetful(failed)
        bad += [(names, *why) for why in _untold(_page(make, account))]
    assert not bad, bad


_OF_GITHUB = [one for one, _ in ADDRESSES if one != "/" and "/steps/" not in one]


@pytest.mark.parametrize("address", _OF_GITHUB)
def test_a_page_tells_what_github_did_not_answer(address: str) -> None:
    account = counted_account()
    settings = {"GITHUB_SERVER_URL": "http://127.0.0.1:9", "GH_TOKEN": "testing"}
    account.access = open_github(settings, retry=Retry(0))
    assert not list(_untold(_page(dict(ADDRESSES)[address], account)))


def _untold(page: Page) -> Iterator[tuple[str, str]]:
    """The panels that wait or are empty; the page itself if nothing is said to be missing."""
    answers = _answers(page)
    shown: dict[str, str] = {}
    for panel in page.panels:
        found = {one.name: answers[one.name] for one in panel.questions}
        assert all(answer.is_known for answer in found.values())
        shown[panel.name] = render_panel(panel, found, "csrf")
    for name, text in shown.items():
        if "Asking" in text or _is_empty(text):
            yield name, text
    if not any(_GAP in text for text in shown.values()):
        yield "page", "no line"
