"""Pages that are watched: a sentence for whatever a person would not see and should not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Response

_WITHOUT_TOKEN = re.compile(r"^[^?]*$")
# Chromium tells some violations to the page alone.
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`against the policy ${event.effectiveDirective}: ${event.blockedURI}`));
"""


@contextmanager
def watched(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A new page with cookies of its own, and the list to which its troubles are added.

    Troubles are: messages on the browser's console, errors of scripts, violations of the content
    security policy, dialogs, requests that failed, and answers that are errors. Playwright's own
    `wait_for_function` breaks a policy without `eval`; wait with `expect` instead.
    """
    troubles: list[str] = []
    context = browser.new_context()
    try:
        page = context.new_page()
        page.add_init_script(_TELL_VIOLATIONS)
        _listen(page, troubles)
        yield page, troubles
    finally:
        context.close()


@contextmanager
def untroubled(browser: Browser) -> Iterator[Page]:
    """A new page that has no trouble until the block ends.

    Raises:
        AssertionError: it had some.
    """
    with watched(browser) as (page, troubles):
        yield page
        # What the browser has sent by now is heard with its next answer.
        page.evaluate("0")
        assert troubles == [], troubles


def enter(page: Page, address: str) -> None:
    """Come into the console by the address with the token, and wait until its first page is whole.

    Who goes on before that interrupts the page, which is a trouble.
    """
    page.goto(address)
    page.wait_for_url(_WITHOUT_TOKEN)


def _listen(page: Page, troubles: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        troubles.append(f"console {message.type}: {message.text}")

    def on_dialog(dialog: Dialog) -> None:
        troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def on_failure(request: Request) -> None:
        # A stream ends with its page.
        if request.resource_type != "eventsource" or request.failure != "net::ERR_ABORTED":
            troubles.append(f"request failed: {request.url} ({request.failure})")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            troubles.append(f"answer {response.status}: {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: troubles.append(f"error of a script: {error}"))
    page.on("dialog", on_dialog)
    page.on("requestfailed", on_failure)
    page.on("response", on_response)
