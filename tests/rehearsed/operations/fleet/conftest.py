"""One account for the tests of the table, and what is typed there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.tests.emulator.local_aws import REGION, LocalAws
from tests.rehearsed.operations.fleet.company import Company, open_company

ROOT = Path(__file__).resolve().parents[4]
Type = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def own_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An account that no other module uses."""
    server = LocalAws(tmp_path_factory.mktemp("fleet") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def company(own_aws: LocalAws) -> Company:
    return open_company(own_aws)


@pytest.fixture
def type_fleet(own_aws: LocalAws) -> Type:
    """Types the command with somebody's keys of the account, root's if none are given."""

    def type_it(
        *words: str, keys: tuple[str | None, ...] | None = None
    ) -> subprocess.CompletedProcess[str]:
        access_key, secret, token = keys or own_aws.root_keys
        return subprocess.run(
            [sys.executable, "-m", "operations", "fleet", *words],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "AWS_ENDPOINT_URL": own_aws.url,
                "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": str(access_key),
                "AWS_SECRET_ACCESS_KEY": str(secret),
                **({"AWS_SESSION_TOKEN": token} if token else {}),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return type_it
