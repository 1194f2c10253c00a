"""An AWS over HTTP that refuses everything but to tell who somebody is, or does worse.

boto3 and its retries, time-outs and credentials are real; only the other end is made up.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.console.made_up_aws import ACCOUNT, YOU
from tests.loopback import Answering, address_of, serving

_SIGNED = re.compile(r"Credential=(?P<key>[^/]+)/\d+/[^/]+/(?P<service>[^/]+)/")
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    f"<GetCallerIdentityResult><Arn>{YOU}</Arn><UserId>AIDA</UserId><Account>{ACCOUNT}</Account>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_EXPIRED = "The security token included in the request is expired"


class Aws(ThreadingHTTPServer):
    """The server.

    Attributes:
        expired: access keys that are good no more.
        silent: services that are heard and never answered.
        answers: what is told nevertheless, by the name of an operation of a JSON service.
        asked: service and access key of every request.
        over: set to let go of whoever waits for an answer.
        was_silent: released with every request that is not answered.
    """

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        self.expired: set[str] = set()
        self.silent: set[str] = set()
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, str]] = []
        self.over = threading.Event()
        self.was_silent = threading.Semaphore(0)

    @property
    def address(self) -> str:
        """Where it is asked."""
        return address_of(self)


@contextmanager
def aws(port: int = 0) -> Iterator[Aws]:
    """Serve until the block ends."""
    with serving(Aws(port)) as server:
        try:
            yield server
        finally:
            server.over.set()


class _Answers(Answering):
    server: Aws

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        action = parse_qs(body).get("Action", [""])[0]
        signed = _SIGNED.search(self.headers.get("Authorization", ""))
        key, service = (signed["key"], signed["service"]) if signed else ("", "")
        self.server.asked.append((service, key))
        if service in self.server.silent:
            self.server.was_silent.release()
            self.server.over.wait(120)
            self.close_connection = True
        elif key in self.server.expired:
            self._refuse(bool(action), "ExpiredToken" if action else "ExpiredTokenException")
        elif action == "GetCallerIdentity":
            self.say(200, _IDENTITY.encode())
        elif (operation := self.headers.get("X-Amz-Target", "").rpartition(".")[2]) in (
            self.server.answers
        ):
            self.say(200, json.dumps(self.server.answers[operation]).encode())
        else:
            self._refuse(bool(action), "AccessDenied" if action else "AccessDeniedException")

    do_POST = Answering.do_GET  # noqa: N815 # the base class's name

    def _refuse(self, is_xml: bool, code: str) -> None:
        message = _EXPIRED if "Expired" in code else f"User: {YOU} is not authorized"
        if is_xml:
            error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            self.say(403, f"<ErrorResponse>{error}</ErrorResponse>".encode())
        else:
            self.say(400, json.dumps({"__type": code, "message": message}).encode())
