"""Puts the Lambda bundle's root on the path, as Lambda does, and makes the fakes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[3]
for _folder in (_CHECKOUT, _CHECKOUT / "functions"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from tests.unit.functions.fake_github import FakeGitHub  # noqa: E402 - needs the path above
from tests.unit.functions.invocation_fakes import FakeTime, Stage  # noqa: E402 - as above


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A GitHub with the user `ada`, her token, the user `bob` and the organization `acme`.

    Any exchange that GitHub's description does not allow fails the test, even where the function
    would have turned it into an answer.
    """
    fake = FakeGitHub()
    yield fake
    assert fake.mismatches == []


@pytest.fixture
def stage(github: FakeGitHub) -> Stage:
    """Everything around a function: time, GitHub, AWS and CloudFormation's ear."""
    return Stage(github=github, time=FakeTime())
