"""What other pages of the browser, and other programs, may ask for."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from console import application
from console.serving.headers import HEADERS
from console.serving.page import Page, Visit
from console.serving.visitors import Keys
from tests.console.made_up_aws import MadeUpAccount
from tests.console.serving import Person, served

_SECONDS = 10
_LOADED = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
_LINKED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
_FRAMED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


class World(Person):
    """A console with a page and one that fails, and somebody who was let in."""

    def send_to(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        """Ask for something."""
        address = f"{self.here}{path}"
        return self.request(method, address, timeout=_SECONDS, allow_redirects=False, **options)


def _fails(_: Visit) -> Page:
    raise KeyError("<b>what was asked</b>")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    pages = (("/", lambda _: Page("First", [], [])), ("/failing", _fails))
    monkeypatch.setattr(application, "ADDRESSES", pages)
    monkeypatch.setattr(application, "ACTIONS", ())
    with served(MadeUpAccount()) as keys, World(keys) as made:
        yield made


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
@pytest.mark.parametrize("path", ["/", "/live/", "/static/style.css", "/static/live.js"])
@pytest.mark.parametrize("how", [_LOADED, _FRAMED, {}])
def test_another_page_gets_nothing_loaded_or_framed(
    world: World, path: str, site: str, how: Mapping[str, str]
) -> None:
    answer = world.send_to(path, headers={"Sec-Fetch-Site": site, **how})
    assert answer.status_code == 403
    assert "Another site sent this request; nothing was changed." in answer.text


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none"])
def test_a_link_of_another_page_leads_here(world: World, site: str) -> None:
    assert world.send_to("/", headers={"Sec-Fetch-Site": site, **_LINKED}).status_code == 200


def test_a_link_never_posts(world: World) -> None:
    headers = {"Sec-Fetch-Site": "same-site", "Origin": world.here, **_LINKED}
    assert world.send_to("/", "POST", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/static/style.css", "/nothing"])
def test_other_methods_are_not_answered(world: World, method: str, path: str) -> None:
    answer = world.send_to(path, method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert "GET, HEAD and POST" in answer.text
    assert _has_all(answer)


@pytest.mark.parametrize("path", ["/", "/live/", "/static/style.css"])
def test_the_head_of_an_answer_ends(world: World, path: str) -> None:
    answer = world.send_to(path, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert _has_all(answer)
    # The connection is free for the next one, as it would not be within a stream.
    assert world.send_to("/").status_code == 200


def test_a_failure_of_the_console_is_one_sentence_with_the_headers(world: World) -> None:
    answer = world.send_to("/failing")
    assert answer.status_code == 500
    assert "The console failed here" in answer.text
    assert "asked" not in answer.text
    assert _has_all(answer)


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example", "/%2f/evil.example"])
def test_the_entrance_leads_to_the_console_alone(world: World, path: str) -> None:
    world.cookies.clear()
    target = f"{path}?token={world.keys.token}"
    answer = _raw(world.keys.port, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{world.keys.port}")
    assert b" 200 " in answer.partition(b"\r\n")[0]
    leads_to = answer.partition(b"url=")[2].partition(b'"')[0]
    assert leads_to.startswith(b"/")
    assert not leads_to.startswith((b"//", b"/\\"))


def test_of_the_usual_port_browsers_name_the_machine_alone() -> None:
    assert Keys(80).hosts == ("127.0.0.1", "localhost")


@pytest.mark.parametrize(
    "lines",
    [
        "GET / HTTP/1.1",  # without a host
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 1\r\nContent-Length: 2",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: x\r\nContent-Length: 1",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: " + "a" * 200_000,
        "GET /" + "a" * 200_000 + " HTTP/1.1\r\nHost: 127.0.0.1:{port}",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443",
        "nonsense",
        "\x16\x03\x01\x02\x00\x01",
    ],
)
def test_what_is_no_request_of_a_browser_is_refused(world: World, lines: str) -> None:
    answer = _raw(world.keys.port, lines.replace("{port}", str(world.keys.port)))
    assert int(answer.split()[1]) in (400, 401, 421, 431, 501)
    assert world.send_to("/").status_code == 200


def _raw(port: int, lines: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
        cookieless = f"{lines}\r\nConnection: close\r\n\r\n"
        answer = b""
        try:
            connection.sendall(cookieless.encode("latin-1"))
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionError:
            pass  # it does not listen to the end of what is too long
        return answer


def _has_all(answer: requests.Response) -> bool:
    return {name: answer.headers.get(name) for name in HEADERS} == HEADERS
