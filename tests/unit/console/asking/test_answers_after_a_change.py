"""What was known before a change is not shown after it as if it were of now."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from console.asking.answers import Answers, Question
from console.asking.gaps import PageGaps


def _nothing() -> None:
    return


def test_a_page_after_a_change_waits_for_what_came_of_it() -> None:
    told = ["before"]

    def ask(_: PageGaps) -> str:
        return told[0]

    question = Question("status", "v", ask, fresh_seconds=1000.0)
    with ThreadPoolExecutor(1) as threads:
        answers = Answers(threads, _nothing)
        answers.await_first([question], 5.0)
        told[0] = "after"
        answers.await_first([question], 5.0)
        assert answers.look(question).value == "before"  # nobody said that it changed
        answers.forget()
        answers.await_first([question], 5.0)
        assert answers.look(question).value == "after"


def test_what_was_asked_before_a_change_is_asked_once_more() -> None:
    is_asked, may_answer = threading.Event(), threading.Event()
    given = iter(["before", "after"])

    def ask(_: PageGaps) -> str:
        value = next(given)
        is_asked.set()
        may_answer.wait(5.0)
        return value

    question = Question("status", "v", ask, fresh_seconds=1000.0)
    with ThreadPoolExecutor(1) as threads:
        answers = Answers(threads, _nothing)
        answers.look(question)
        is_asked.wait(5.0)
        answers.forget()
        may_answer.set()
        answers.await_first([question], 5.0)
        assert answers.look(question).value == "after"


def test_a_page_waits_no_longer_than_it_is_told_to() -> None:
    may_answer = threading.Event()
    question = Question("status", "v", lambda _: may_answer.wait(5.0))
    with ThreadPoolExecutor(1) as threads:
        answers = Answers(threads, _nothing)
        answers.await_first([question], 0.01)
        assert not answers.look(question).is_known
        may_answer.set()
