"""A service that never answers takes its part of the threads, and is named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from github import GithubException
from hypothesis import given, settings
from hypothesis import strategies as st

from console.asking.answers import MOST_OF_A_NAME, THREADS, Answers, Question
from console.asking.gaps import PageGaps
from console.serving.page import Panel, look_at, render_panel
from tests.unit.console.asking.clock import Clock


class Silence:
    """A service that answers nobody until it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.most = 0
        self._lock, self.over = threading.Lock(), threading.Event()
        self.begun = threading.Semaphore(0)

    def ask(self) -> str:
        with self._lock:
            self.asked += 1
            self.most = max(self.most, self.asked)
        self.begun.release()
        self.over.wait(30)
        with self._lock:
            self.asked -= 1
        return "at last"


@pytest.fixture
def silence() -> Iterator[Silence]:
    made = Silence()
    yield made
    made.over.set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers(silence: Silence, clock: Clock) -> Iterator[Answers]:
    with ThreadPoolExecutor(THREADS) as threads:
        yield Answers(threads, lambda: None, clock)
        silence.over.set()


def _silent(silence: Silence, about: int, name: str = "silent") -> Question:
    return Question(
        name, about, lambda gaps: gaps.ask("Things", "sagemaker", silence.ask, None), 1e9
    )


def test_however_much_waits_for_one_service_others_are_asked(
    answers: Answers, silence: Silence
) -> None:
    for about in range(3 * THREADS):
        answers.look(_silent(silence, about))
    other = Question("other", "it", lambda _: "here", 1e9)
    answers.await_first([other], 20)
    assert answers.look(other).value == "here"
    assert silence.most <= MOST_OF_A_NAME


def test_what_was_not_asked_for_its_sake_is_asked_when_it_answers_again(
    answers: Answers, silence: Silence
) -> None:
    questions = [_silent(silence, about) for about in range(MOST_OF_A_NAME + 1)]
    for question in questions:
        answers.look(question)
    assert silence.most <= MOST_OF_A_NAME
    silence.over.set()
    for _ in range(2):
        answers.await_first(questions, 20)
    assert [answers.look(question).value for question in questions] == ["at last"] * len(questions)


def test_the_service_that_does_not_answer_is_named(
    answers: Answers, silence: Silence, clock: Clock
) -> None:
    for about in range(MOST_OF_A_NAME + 1):
        answers.look(_silent(silence, about))
    for _ in range(MOST_OF_A_NAME):
        assert silence.begun.acquire(timeout=20)
    clock.now += 30
    for about in (0, MOST_OF_A_NAME):  # one that waits for it, and one that waits for its turn
        question = _silent(silence, about)
        panel = Panel("versions", "Versions", [question])
        shown = render_panel(panel, look_at(panel, answers), "csrf")
        assert "No answer of SageMaker for 30 s; the rest of the page does not wait" in shown


def test_of_what_was_known_before_it_is_said_that_it_may_be_older(
    answers: Answers, silence: Silence, clock: Clock
) -> None:
    question = _silent(silence, 1)
    silence.over.set()
    answers.await_first([question], 20)
    silence.over.clear()
    answers.forget()
    answers.look(question)
    clock.now += 10
    panel = Panel("refusal", "It", [question], lambda _: {"sentence": "It.", "address": "/"})
    shown = render_panel(panel, look_at(panel, answers), "csrf")
    assert "for 10 s; what is shown may be older, or lack it." in shown


def test_the_service_asked_last_is_the_one_that_is_waited_for() -> None:
    gaps = PageGaps()
    with gaps.waiting_for("CloudFormation"):
        assert gaps.waits_for == "CloudFormation"
        seen = gaps.ask("Things", "dynamodb", lambda: gaps.waits_for, "")
        assert seen == "DynamoDB"
        assert gaps.ask_github("Runs", lambda: gaps.waits_for, "") == "GitHub"
        with gaps.waiting_for("SageMaker"):
            gaps.ask("Stack", "cloudformation", lambda: None, None)
            assert gaps.waits_for == "SageMaker"
        assert gaps.waits_for == "CloudFormation"
    assert gaps.waits_for == ""


def test_nothing_is_waited_for_after_a_refusal() -> None:
    def refuse() -> None:
        raise GithubException(500, {"message": "down"})

    gaps = PageGaps()
    gaps.ask_github("Runs", refuse, None)
    assert gaps.waits_for == ""
    assert gaps.lines == ["Runs: not known, since GitHub answered 500 down."]


@settings(deadline=None, max_examples=20)
@given(st.text(alphabet="abcXYZ0189_", min_size=16, max_size=40), st.sampled_from(["gho_", "ghs_"]))
def test_a_token_in_what_github_says_is_not_shown(rest: str, kind: str) -> None:
    def refuse() -> None:
        raise GithubException(401, {"message": f"Bad token {kind}{rest}.", "errors": [kind + rest]})

    gaps = PageGaps()
    gaps.ask_github("Runs", refuse, None)
    assert rest not in gaps.lines[0]
    assert f"Bad token {kind}…" in gaps.lines[0]
