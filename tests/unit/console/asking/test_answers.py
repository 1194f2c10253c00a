"""How long answers are good, and what a failure leaves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from console.asking.answers import Answers, Question
from console.asking.gaps import PageGaps
from console.asking.signing_in import SIGN_IN
from tests.unit.console.asking.clock import Clock
from tests.unit.console.asking.later import Later


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def renewed() -> list[str]:
    return []


@pytest.fixture
def answers(later: Later, clock: Clock, renewed: list[str]) -> Answers:
    return Answers(later, lambda: renewed.append("again"), clock)


def _counting() -> tuple[Question, list[int]]:
    asked: list[int] = []

    def ask(_: PageGaps) -> int:
        asked.append(1)
        return len(asked)

    return Question("counts", "it", ask, 3.0), asked


def test_nothing_is_known_at_first_and_the_wait_is_counted(
    answers: Answers, clock: Clock, later: Later
) -> None:
    question, asked = _counting()
    assert answers.look(question).is_known is False
    clock.now += 7
    assert answers.look(question).waiting_seconds == 7
    later.run()
    answer = answers.look(question)
    assert (answer.value, answer.is_known, answer.waiting_seconds) == (1, True, 0.0)
    assert asked == [1]


def test_an_old_answer_is_shown_while_it_is_asked_again(
    answers: Answers, clock: Clock, later: Later
) -> None:
    question, asked = _counting()
    answers.look(question)
    later.run()
    clock.now += 2.9
    answers.look(question)
    assert later.waiting == []
    clock.now += 0.1
    assert answers.look(question).value == 1
    assert answers.look(question).value == 1
    assert len(later.waiting) == 1
    later.run()
    assert answers.look(question).value == 2
    assert len(asked) == 2


def test_what_was_found_may_be_good_for_longer(
    answers: Answers, clock: Clock, later: Later
) -> None:
    question = Question("found", "it", lambda _: 40, 5.0, at_least=lambda found: 5 + found / 2)
    answers.look(question)
    later.run()
    clock.now += 24.9
    answers.look(question)
    assert later.waiting == []
    clock.now += 0.1
    answers.look(question)
    assert len(later.waiting) == 1


def test_after_a_change_everything_is_asked_again(answers: Answers, later: Later) -> None:
    question, _ = _counting()
    answers.look(question)
    later.run()
    answers.forget()
    assert answers.look(question).value == 1
    later.run()
    assert answers.look(question).value == 2


def test_a_fault_of_one_question_is_a_sentence(
    answers: Answers, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    question = Question("bad", "it", lambda _: {}["nothing"])
    answers.look(question)
    later.run()
    answer = answers.look(question)
    assert answer.is_known
    assert answer.value is None
    assert "failed here" in answer.lines[0]
    assert "KeyError" in caplog.text


def test_credentials_that_end_are_read_again_and_said_once(
    answers: Answers, later: Later, renewed: list[str]
) -> None:
    def refuse() -> None:
        raise ClientError({"Error": {"Code": "ExpiredToken", "Message": "over"}}, "ListThings")

    def ask(gaps: PageGaps) -> None:
        gaps.ask("Things", "sagemaker", refuse, None)
        gaps.ask("Others", "sagemaker", refuse, None)

    question = Question("things", "it", ask)
    answers.look(question)
    later.run()
    assert answers.look(question).lines == [SIGN_IN]
    assert renewed == ["again"]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def test_only_what_was_never_answered_is_waited_for(threads: ThreadPoolExecutor) -> None:
    answers = Answers(threads, lambda: None)
    question, asked = _counting()
    answers.await_first([question], 10)
    assert answers.look(question).value == 1
    answers.await_first([question], 10)
    assert asked == [1]


def test_of_many_answers_the_oldest_are_forgotten(answers: Answers, later: Later) -> None:
    first = Question("first", "it", lambda _: "here", 1e9)
    answers.look(first)
    later.run()
    for number in range(500):
        answers.look(Question("other", number, lambda _: None, 1e9))
    later.run()
    assert answers.look(first).is_known is False
