"""An example of each of the console's pages; a new parameter or form needs a line here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.pages.addresses import ADDRESSES
from tests.console.made_up_answers import GROUP, STAGES, STEPS, VERSIONS
from tests.console.texts import MARKUP

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What stands for the parameters of addresses in the made-up account.
PARAMETERS = {
    "group": GROUP,
    "name": STEPS[1],
    "number": str(VERSIONS[0]),
    "stage": STAGES[0],
    "step": STEPS[1],
    "version": str(VERSIONS[0]),
}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def example_of(address: str) -> str:
    """An address with a value for each of its parameters.

    Raises:
        KeyError: one has none; add it to `PARAMETERS`.
    """
    return _PARAMETER.sub(lambda parameter: PARAMETERS[parameter[1]], address)


PAGES = [example_of(address) for address, _ in ADDRESSES]


@dataclass(frozen=True)
class Form:
    """A page that only a form leads to.

    Args:
        name: of what it shows.
        action: address that the form is sent to.
        page: address of the page that has it.
        send: fills it in and sends it.
    """

    name: str
    action: str
    page: str
    send: Callable[[Page], None]


def _ask(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()


def _propose(page: Page) -> None:
    page.get_by_label("Comment").fill(MARKUP)
    page.get_by_role("button", name="Reject …").click()


def _decide(page: Page) -> None:
    _propose(page)
    page.get_by_role("button", name="Reject version").click()


def _decide_of_another_moment(page: Page) -> None:
    _propose(page)
    page.locator("input[name=shown]").evaluate("field => { field.value = 'another'; }")
    page.get_by_role("button", name="Reject version").click()


_STAGE, _VERSION = "/projects/{group}/stages/{stage}", "/projects/{group}/versions/{number}"
FORMS = (
    Form("answer", f"{_STAGE}/ask", f"{_STAGE}/ask", _ask),
    Form("proposal", f"{_VERSION}/decision/ask", _VERSION, _propose),
    Form("refusal", f"{_VERSION}/decision", _VERSION, _decide),
    Form("changed proposal", f"{_VERSION}/decision", _VERSION, _decide_of_another_moment),
)
