"""The pages' addresses, and what answers them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import BotoCoreError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from console.asking.account import Account
from console.asking.answers import Answers
from console.asking.signing_in import has_expired, sign_in
from console.errors import NoPageError
from console.pages.addresses import ACTIONS, ADDRESSES
from console.pictures.card import card_style
from console.serving.ending import Ending
from console.serving.headers import Headers
from console.serving.page import (
    Act,
    GoTo,
    MakePage,
    Page,
    Visit,
    find_absent,
    look_at_all,
    render_panel,
)
from console.serving.refusals import refuse, refuse_absent
from console.serving.rendering import render
from console.serving.stream import stream
from console.serving.visitors import Door, Keys, read_form

_STATIC = Path(__file__).with_name("static")
# Most answers come in less.
_FIRST_WAIT_SECONDS = 0.6


@dataclass(frozen=True)
class Console:
    """What every request needs.

    Args:
        account: that is shown.
        answers: what is known of it.
        keys: of the person.
        ending: set when the server is to stop.
        first_wait_seconds: for answers; what takes longer follows by the stream.
    """

    account: Account
    answers: Answers
    keys: Keys
    ending: asyncio.Event
    first_wait_seconds: float = _FIRST_WAIT_SECONDS

    def application(self) -> ASGIApp:
        """The application for a server."""
        routes: list[BaseRoute] = [
            Route("/static/card.css", _card_style),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ]
        for address, make in ADDRESSES:
            routes.append(Route(f"/live{address}", self._live(make)))
            routes.append(Route(address, self._page(make)))
        for address, act in ACTIONS:
            routes.append(Route(address, self._action(act), methods=["POST"]))
        answering = Starlette(
            routes=routes,
            middleware=[
                Middleware(Ending, ending=self.ending),
                Middleware(Door, keys=self.keys),
            ],
            exception_handlers={
                404: _missing,
                405: _form_alone,
                NoPageError: _missing,
                BotoCoreError: _unasked,
                Exception: _failed,
            },
        )
        # Starlette answers a failure outside of all its middleware.
        return Headers(answering)

    def _page(self, make: MakePage) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            page = make(self._visit(request))
            return await run_in_threadpool(self._show, page, request.url.path)

        return answer

    def _live(self, make: MakePage) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            page = make(self._visit(request))
            if request.method == "HEAD":
                return Response(media_type="text/event-stream")
            return stream(request, page, self.answers, self.keys.csrf, self.ending)

        return answer

    def _action(self, act: Act) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            form = await read_form(request, self.keys)
            if form is None:
                return refuse(403, "This form is not of this console; load its page again.")
            done = await run_in_threadpool(act, self._visit(request), form)
            self.answers.forget()
            if isinstance(done, GoTo):
                return RedirectResponse(done.address, 303)
            return await run_in_threadpool(self._show, done, request.url.path)

        return answer

    def _visit(self, request: Request) -> Visit:
        return Visit(self.account, request.path_params, dict(request.query_params))

    def _show(self, page: Page, path: str) -> Response:
        questions = [question for panel in page.panels for question in panel.questions]
        self.answers.await_first(questions, self.first_wait_seconds)
        looks = look_at_all(page, self.answers)
        absent = find_absent(looks)
        if absent is not None:
            return refuse_absent(absent)
        panels = [
            render_panel(panel, found, self.keys.csrf)
            for panel, found in zip(page.panels, looks, strict=True)
        ]
        shown = {"page": page, "panels": panels, "path": path, "identity": self.account.identity}
        return HTMLResponse(render("page.html", shown))


def _card_style(_request: Request) -> Response:
    return Response(card_style(), media_type="text/css")


def _missing(_request: Request, error: Exception) -> Response:
    if isinstance(error, NoPageError):
        return refuse_absent(error.absent)
    return refuse(404, "The console has no such page.")


def _unasked(_request: Request, error: Exception) -> Response:
    """There is not even a client: the credentials are gone, or another account's."""
    return refuse(503, sign_in(error) if has_expired(error) else f"AWS is not asked: {error}")


def _failed(_request: Request, _error: Exception) -> Response:
    return refuse(500, "The console failed here; what it printed where it was started tells why.")


def _form_alone(_request: Request, _error: Exception) -> Response:
    return refuse(405, "Only a form leads here; open the page that has it.")
