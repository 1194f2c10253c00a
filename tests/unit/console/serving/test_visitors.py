"""Who is let in, and what may change something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from console import application
from console.serving.headers import HEADERS
from console.serving.page import GoTo, Page, Visit
from console.serving.visitors import CSRF_FIELD, Keys
from tests.console.made_up_aws import MadeUpAccount
from tests.console.serving import served

_SECONDS = 10


class Browser(requests.Session):
    """A browser that nobody has let in yet, and a console with one page and one form.

    Attributes:
        keys: of the console.
        done: the forms that arrived.
    """

    def __init__(self, keys: Keys, done: list[dict[str, str]]) -> None:
        super().__init__()
        self.keys, self.done = keys, done
        self.here = f"http://127.0.0.1:{keys.port}"

    def look(self, path: str, **options: Any) -> requests.Response:
        """Open a page."""
        return self.get(f"{self.here}{path}", timeout=_SECONDS, **options)

    def enter(self) -> None:
        """Open the address that the console printed."""
        assert self.look(f"/?token={self.keys.token}").status_code == 200

    def change(self, **changed: Any) -> int:
        """Send the form as the page does, but for what is changed."""
        headers = {"Origin": self.here, "Sec-Fetch-Site": "same-origin"}
        form = {CSRF_FIELD: self.keys.csrf, "comment": "yes"}
        answer = self.post(
            f"{self.here}/change",
            headers={**headers, **changed.get("headers", {})},
            data={**form, **changed.get("form", {})},
            allow_redirects=False,
            timeout=_SECONDS,
        )
        return answer.status_code


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    done: list[dict[str, str]] = []

    def act(_: Visit, form: Any) -> GoTo:
        done.append(dict(form))
        return GoTo("/")

    monkeypatch.setattr(application, "ADDRESSES", (("/", lambda _: Page("First", [], [])),))
    monkeypatch.setattr(application, "ACTIONS", (("/change", act),))
    with served(MadeUpAccount()) as keys, Browser(keys, done) as made:
        yield made


def test_the_token_opens_once_and_the_cookie_from_then_on(browser: Browser) -> None:
    assert browser.look("/").status_code == 401
    entrance = browser.look(f"/?token={browser.keys.token}")
    assert "First" not in entrance.text
    assert browser.keys.token not in entrance.text
    cookie = entrance.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "First" in browser.look("/").text


@pytest.mark.parametrize("token", ["", "x", "{}x", "\N{SNOWMAN}"])
def test_any_other_token_is_refused_with_the_remedy(browser: Browser, token: str) -> None:
    answer = browser.look("/", params={"token": token.format(browser.keys.token)})
    assert answer.status_code == 401
    assert "address that it printed" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{}", "[::1]:{}"]
)
def test_a_name_that_leads_here_by_dns_is_refused(browser: Browser, host: str) -> None:
    browser.enter()
    assert browser.look("/", headers={"Host": host.format(browser.keys.port)}).status_code == 421


def test_localhost_is_here_too(browser: Browser) -> None:
    host = {"Host": f"localhost:{browser.keys.port}"}
    assert browser.look(f"/?token={browser.keys.token}", headers=host).status_code == 200


def test_a_form_of_the_page_changes(browser: Browser) -> None:
    browser.enter()
    assert browser.change() == 303
    assert browser.done == [{"comment": "yes"}]


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": {"Origin": "http://evil.example"}},
        {"headers": {"Origin": "http://127.0.0.1:1"}},
        {"headers": {"Origin": "null"}},
        {"headers": {"Origin": None}},
        {"headers": {"Sec-Fetch-Site": "cross-site"}},
        {"headers": {"Sec-Fetch-Site": "same-site"}},
        {"form": {CSRF_FIELD: ""}},
        {"form": {CSRF_FIELD: Keys(1).csrf}},
        {"form": {"comment": "x" * 70_000}},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(browser: Browser, changed: dict[str, Any]) -> None:
    browser.enter()
    assert browser.change(**changed) == 403
    assert browser.done == []


def test_without_the_cookie_a_good_form_changes_nothing(browser: Browser) -> None:
    assert browser.change() == 401
    assert browser.done == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&".join(b"a=1" for _ in range(3000))])
def test_a_body_that_is_no_form_is_refused(browser: Browser, body: bytes) -> None:
    browser.enter()
    headers = {"Origin": browser.here, "Content-Type": "application/x-www-form-urlencoded"}
    address = f"{browser.here}/change"
    assert browser.post(address, headers=headers, data=body, timeout=_SECONDS).status_code == 403
    assert browser.done == []


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/static/style.css", "/?token=x", "/live/", "/change"]
)
def test_every_answer_tells_browsers_what_they_may_do(browser: Browser, path: str) -> None:
    answer = browser.look(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/static/../rights.py", "/static/%2e%2e/rights.py", "/rights.py"])
def test_nothing_but_the_static_files_is_served_without_a_cookie(
    browser: Browser, path: str
) -> None:
    assert browser.look(path).status_code in (401, 404)


def test_what_keys_are_shown_as_does_not_tell_them() -> None:
    keys = Keys(1)
    assert keys.token not in repr(keys)
    assert keys.session not in repr(keys)
    assert keys.token != Keys(1).token
