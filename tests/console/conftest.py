"""One console of the made-up account for all tests of a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from console.serving.visitors import Keys

_SEED = Path(__file__).resolve().parents[2] / "seed_code/build_app"
for folder in (_SEED, _SEED / "source_scripts"):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


@pytest.fixture(scope="module")
def made_up_console() -> Iterator[Keys]:
    """A console on loopback."""
    from tests.console.serving import made_up_account, served

    with made_up_account() as account, served(account) as keys:
        yield keys
