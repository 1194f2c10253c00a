"""One local AWS for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("aws") / "state").start()
    yield server
    assert server.stop() == 0
