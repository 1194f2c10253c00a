"""Another page in the person's browser reads nothing of the console and changes nothing.

To a browser, another port of the same machine is the same site: it sends the console's cookie, so
that everything else has to hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from console import application
from console.asking.account import Account
from console.pages.addresses import ADDRESSES
from console.serving.page import GoTo, Visit
from console.serving.visitors import Keys
from operations.aws_session import Identity
from tests.browser.watching import enter
from tests.console.serving import served
from tests.loopback import Answering, serving

_PERSON = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:user/you")
_HTML = "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>evil</title><body>"
# Each way tells in the end what it got, or that it got nothing.
_WAYS = {
    "fetch with the cookie": """
        fetch(target, {credentials: "include"}).then((got) => got.text())""",
    "opaque fetch": """
        fetch(target, {credentials: "include", mode: "no-cors"})
          .then((got) => got.text()).then((text) => text || Promise.reject("nothing"))""",
    "fetch that posts": """
        fetch(change, {method: "POST", credentials: "include", mode: "no-cors",
          body: new URLSearchParams({csrf: "x", comment: "evil"})})
          .then((got) => got.text()).then((text) => text || Promise.reject("nothing"))""",
    "stream": """
        new Promise((good, bad) => {
          const source = new EventSource(live, {withCredentials: true});
          source.onmessage = source.onopen = () => good("open");
          source.onerror = () => { source.close(); bad("refused"); };
        })""",
    "script": """
        new Promise((good, bad) => document.body.append(Object.assign(
          document.createElement("script"), {src: script, onload: good, onerror: bad})))""",
    "style": """
        new Promise((good, bad) => document.head.append(Object.assign(
          document.createElement("link"),
          {rel: "stylesheet", href: style, onload: good, onerror: bad})))""",
    "picture": """
        new Promise((good, bad) => document.body.append(Object.assign(
          new Image(), {src: icon, onload: good, onerror: bad})))""",
    "frame": """
        new Promise((good, bad) => {
          const frame = document.createElement("iframe");
          frame.onload = () => {
            let text = "";
            try { text = frame.contentDocument.body.innerText; } catch { }
            text ? good(text) : bad("nothing");
          };
          frame.src = target;
          document.body.append(frame);
        })""",
    "window": """
        new Promise((good, bad) => {
          const opened = open(target);
          setTimeout(() => {
            try { opened.document.title ? good(opened.document.title) : bad("nothing"); }
            catch { bad("nothing"); }
          }, 1000);
        })""",
}


class _Evil(Answering):
    def answer(self) -> None:
        self.say(200, _HTML.encode(), {"Content-Type": "text/html"})


class World:
    """A console with one form, somebody who is let in, and a foreign page in that browser."""

    def __init__(self, page: Page, keys: Keys, evil: int, done: list[Any]) -> None:
        self.page, self.keys, self.evil, self.done = page, keys, evil, done

    def open_evil(self, name: str) -> None:
        """Go to the foreign page, by one of the machine's names."""
        self.page.goto(f"http://{name}:{self.evil}/")

    def attempt(self, way: str, name: str) -> str:
        """What a script of it gets from the console; empty if nothing."""
        here = f"http://{name}:{self.keys.port}"
        places = {
            "target": f"{here}/",
            "change": f"{here}/change",
            "live": f"{here}/live/",
            "script": f"{here}/static/live.js",
            "style": f"{here}/static/style.css",
            "icon": f"{here}/static/icon.svg",
        }
        told = "".join(f"const {name} = {place!r};" for name, place in places.items())
        code = f"async () => {{ {told} try {{ return String(await ({_WAYS[way]})) }}"
        return str(self.page.evaluate(f"{code} catch {{ return '' }} }}"))


@pytest.fixture
def world(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    done: list[Any] = []

    def act(_: Visit, form: Any) -> GoTo:
        done.append(dict(form))
        return GoTo("/")

    monkeypatch.setattr(application, "ADDRESSES", ADDRESSES[:1])
    monkeypatch.setattr(application, "ACTIONS", (("/change", act),))
    context = browser.new_context()
    account = Account(_PERSON, open_session=_nothing)
    evil = ThreadingHTTPServer(("127.0.0.1", 0), _Evil)
    with served(account) as keys, serving(evil):
        page = context.new_page()
        enter(page, keys.address)
        yield World(page, keys, evil.server_port, done)
        context.close()


def _nothing() -> Any:
    raise KeyError("nobody asks AWS here")


@pytest.mark.parametrize("way", list(_WAYS))
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_foreign_page_gets_nothing(world: World, way: str, name: str) -> None:
    world.open_evil(name)
    assert world.attempt(way, "127.0.0.1") == ""
    assert world.done == []


@pytest.mark.parametrize("way", sorted(set(_WAYS) - {"fetch that posts", "frame"}))
def test_the_console_itself_gets_it_in_the_same_way(world: World, way: str) -> None:
    """So that the other test can fail; frames of the console are nobody's."""
    world.page.goto(f"http://127.0.0.1:{world.evil}/")
    world.page.goto(f"http://127.0.0.1:{world.keys.port}/")
    assert world.attempt(way, "127.0.0.1")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("csrf", ["", "good"])
def test_a_form_of_a_foreign_page_changes_nothing(world: World, name: str, csrf: str) -> None:
    """Not even with the value of a form of the console, which it cannot know."""
    world.open_evil(name)
    token = world.keys.csrf if csrf else ""
    with world.page.expect_navigation() as came:
        world.page.evaluate(_POST, [f"http://127.0.0.1:{world.keys.port}/change", token])
    assert came.value is not None
    assert came.value.status == 403
    assert "nothing was changed" in world.page.inner_text("body")
    assert world.done == []


_POST = """([address, csrf]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address});
  for (const [name, value] of Object.entries({csrf, comment: "evil"}))
    form.append(Object.assign(document.createElement("input"), {name, value}));
  document.body.append(form);
  form.submit();
}"""


def test_no_script_reads_the_cookie(world: World) -> None:
    cookies = world.page.context.cookies()
    assert [(one["httpOnly"], one["sameSite"]) for one in cookies] == [(True, "Strict")]
    world.open_evil("127.0.0.1")
    assert world.page.evaluate("document.cookie") == ""
