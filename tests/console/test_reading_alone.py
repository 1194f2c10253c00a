"""Opening a page asks AWS and GitHub, and changes nothing there; nor does a form that only asks."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.console.examples import PAGES
from tests.console.made_up_answers import ANSWERS, GROUP
from tests.console.made_up_aws import MadeUpAccount
from tests.console.serving import Person, served
from tests.console.texts import HOSTILE

# What only reads, by the words that AWS begins the names of its operations with.
_READS = re.compile(r"(BatchGet|Describe|Filter|Get|List|Query|Scan|Search|Head)[A-Z]\w*")
_SECONDS = 30
_VERSION = f"/projects/{GROUP}/versions/3"


class World:
    """A console whose questions are counted, and of which one service may be silent."""

    def __init__(self) -> None:
        self.silent = ""
        self.over = threading.Event()
        self.account = MadeUpAccount(ANSWERS, text=HOSTILE)
        self.account.before = self._wait

    @property
    def asked(self) -> list[str]:
        """The operations."""
        return [name for name, _ in self.account.asked]

    def _wait(self, model: Any) -> None:
        if model.service_model.service_name == self.silent:
            self.over.wait(_SECONDS)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.over.set()


@pytest.fixture
def person(world: World) -> Iterator[Person]:
    with served(world.account) as keys, Person(keys) as made:
        yield made
        world.over.set()


def test_no_page_and_no_stream_changes_anything(world: World, person: Person) -> None:
    for path in PAGES:
        assert person.look(path).status_code == 200
        with person.get(f"{person.here}/live{path}", stream=True, timeout=_SECONDS) as stream:
            for line in stream.iter_lines():
                if line.startswith(b"data:") and b"Asking" not in line:
                    break
    assert len(world.asked) > 20
    assert [name for name in world.asked if not _READS.fullmatch(name)] == []


def test_to_be_shown_what_a_decision_starts_changes_nothing(world: World, person: Person) -> None:
    shown = person.send_form(f"{_VERSION}/decision/ask", decision="reject")
    assert shown.status_code == 200
    assert "What it starts" in shown.text
    assert [name for name in world.asked if not _READS.fullmatch(name)] == []


def test_a_decision_without_what_was_shown_is_not_sent(world: World, person: Person) -> None:
    """So that the other tests can fail, too: with it, it is."""
    shown = person.send_form(f"{_VERSION}/decision/ask", decision="reject")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', shown.text))
    person.send_form(f"{_VERSION}/decision", **{**fields, "shown": "other"})
    assert "UpdateModelPackage" not in world.asked
    person.send_form(f"{_VERSION}/decision", **fields)
    assert "UpdateModelPackage" in world.asked


@pytest.mark.parametrize("service", ["sagemaker", "dynamodb", "cloudwatch", "logs", "s3"])
def test_with_a_silent_service_every_page_comes_at_once(
    world: World, person: Person, service: str
) -> None:
    world.silent = service
    for path in PAGES:
        answer = person.look(path)
        assert answer.status_code == 200
        assert answer.elapsed.total_seconds() < 2
        assert "The console failed here" not in answer.text
