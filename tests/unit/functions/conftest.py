"""Puts the Lambda bundle's root on the path, as Lambda does, and makes the fakes."""

import sys
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[3]
for _folder in (_CHECKOUT, _CHECKOUT / "functions"):
    if str(_folder) not in sys.path:
        sys.path.insert(0, str(_folder))

from tests.unit.functions.invocation_fakes import FakeTime, Stage  # noqa: E402 - needs the path above


@pytest.fixture
def stage() -> Stage:
    """Everything around a function that does not ask GitHub."""
    return Stage(time=FakeTime())
