"""What surrounds a function that does not ask GitHub."""

import pytest

from tests.unit.functions.invocation_fakes import FakeTime, World


@pytest.fixture
def world() -> World:
    """Everything around a function that does not ask GitHub."""
    return World(time=FakeTime())
