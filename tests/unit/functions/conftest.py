"""What surrounds a function that does not ask GitHub."""

import pytest

from tests.unit.functions.invocation_fakes import FakeTime, Stage


@pytest.fixture
def stage() -> Stage:
    """Everything around a function that does not ask GitHub."""
    return Stage(time=FakeTime())
