"""A scripted server, a clock that only sleeping moves, and the client between them."""

import threading
from collections.abc import Iterator

import pytest

from github_client.api import GitHubApi
from invocation.deadline import Deadline
from invocation.http_pool import BoundedPool
from tests.unit.functions.github_client.scripted_server import (
    Connect,
    ScriptedServer,
    ScriptHandler,
)
from tests.unit.functions.invocation_fakes import FakeTime


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A loopback server that answers from a script."""
    server = ScriptedServer(("127.0.0.1", 0), ScriptHandler)
    server.script, server.seen = [], []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def time() -> FakeTime:
    """A clock that moves only when somebody sleeps."""
    return FakeTime()


@pytest.fixture
def connect(server: ScriptedServer, time: FakeTime) -> Iterator[Connect]:
    """Connect to the server, optionally with little time left."""
    pool = BoundedPool()

    def make(left_seconds: float = 300, host: str | None = None) -> GitHubApi:
        return GitHubApi(
            base_url=f"http://{host or f'127.0.0.1:{server.server_port}'}/api/v3",
            token="secret-token",
            http=pool,
            deadline=Deadline(time.now + left_seconds, time.clock, time.sleep),
            random=lambda: 0.5,
        )

    yield make
    pool.clear()
