"""The console of a made-up account on loopback, in threads of the test's own process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import requests
import uvicorn

from console.application import Console
from console.asking.account import Account
from console.asking.answers import THREADS, Answers
from console.serving.visitors import Keys
from tests.console import made_up_github
from tests.console.made_up_answers import ANSWERS
from tests.console.made_up_aws import ACCOUNT, MadeUpAccount
from tests.console.texts import HOSTILE, MARKUP

_SECONDS = 30


class Person(requests.Session):
    """Somebody who was let into a console on loopback."""

    def __init__(self, keys: Keys) -> None:
        super().__init__()
        self.keys, self.here = keys, keys.page.rstrip("/")
        self.cookies.set(keys.cookie, keys.session)

    def look(self, path: str) -> requests.Response:
        """Open a page."""
        return self.get(f"{self.here}{path}", timeout=_SECONDS)

    def send_form(self, path: str, **fields: str) -> requests.Response:
        """Send a form as its page does."""
        fields = {"csrf": self.keys.csrf, **fields}
        headers = {"Origin": self.here}
        return self.post(f"{self.here}{path}", data=fields, headers=headers, timeout=_SECONDS)


@contextmanager
def made_up_account() -> Iterator[Account]:
    """The account of a person whose name is hostile, too."""
    with made_up_github.access() as access:
        you = f"arn:aws:iam::{ACCOUNT}:user/{MARKUP}"
        yield MadeUpAccount(ANSWERS, you=you, access=access, text=HOSTILE)


@contextmanager
def served(account: Account) -> Iterator[Keys]:
    """A console that shows an account, until the block ends; what lets a person in."""
    with socket.socket() as listening, ThreadPoolExecutor(THREADS) as asking:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        keys = Keys(listening.getsockname()[1])
        ending = asyncio.Event()
        shown = Console(account, Answers(asking, account.renew), keys, ending)
        config = uvicorn.Config(shown.application(), log_config=None, timeout_graceful_shutdown=3)
        server = uvicorn.Server(config)
        loop = asyncio.new_event_loop()
        serving = server.serve(sockets=[listening])
        thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
        thread.start()
        try:
            yield keys
        finally:
            loop.call_soon_threadsafe(ending.set)
            server.should_exit = True
            thread.join()
            loop.close()
