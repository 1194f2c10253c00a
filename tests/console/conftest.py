"""One console of the made-up account for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.serving.visitors import Keys
from tests.console.serving import made_up_account, served


@pytest.fixture(scope="module")
def made_up_console() -> Iterator[Keys]:
    """A console on loopback."""
    with made_up_account() as account, served(account) as keys:
        yield keys
