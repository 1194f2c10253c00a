"""One local AWS and one registered product for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.tests.catalog.shop import Shop, open_shop
from rehearsal.tests.emulator.local_aws import LocalAws


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("catalog") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def shop(aws: LocalAws) -> Shop:
    return open_shop(aws)
