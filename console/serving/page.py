"""A page is a title and panels; each panel is asked for, shown and renewed by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.asking.account import Account
from console.asking.answers import Answers, Question
from console.serving.rendering import render

_PATIENCE_SECONDS = 2.0


Values = Mapping[str, Any]


def _nothing(_: Values) -> Values:
    return {}


@dataclass(frozen=True)
class Panel:
    """A part of a page.

    Args:
        name: its id in the page, and its template in `templates/panels`.
        title: its heading.
        questions: what it shows; each answer is told the template under the question's name. A
            panel without questions shows what `arrange` makes.
        arrange: makes of the answers by name what else the template is told.
    """

    name: str
    title: str
    questions: Sequence[Question]
    arrange: Callable[[Values], Values] = _nothing


@dataclass(frozen=True)
class Page:
    """What a browser shows.

    Args:
        title: of the page, and its heading.
        way: from the first page to this one, as text and address.
        panels: from top to bottom.
        is_live: whether its panels are renewed while it is open.
        styles: addresses of style sheets that it needs beside the console's.
    """

    title: str
    way: Sequence[tuple[str, str]]
    panels: Sequence[Panel]
    is_live: bool = True
    styles: Sequence[str] = ()


@dataclass(frozen=True)
class GoTo:
    """Another page that follows at once."""

    address: str


@dataclass(frozen=True)
class Visit:
    """Whose page it is.

    Args:
        account: that is asked.
        path: what the address names, by the names of the route.
        csrf: what forms carry.
    """

    account: Account
    path: Mapping[str, str]
    csrf: str


MakePage = Callable[[Visit], Page]
# What a form does: it is given its fields, and shows a page or goes to one.
Act = Callable[[Visit, Mapping[str, str]], Page | GoTo]


def render_panel(panel: Panel, answers: Answers, csrf: str) -> str:
    """Render a panel with what is known of it now.

    Its template gets each answer, None as long as there is none; as long as none of them is known,
    a line says that they are asked for.
    """
    found = {question.name: answers.look(question) for question in panel.questions}
    values = {name: answer.value for name, answer in found.items()}
    waited = max((answer.waiting_seconds for answer in found.values()), default=0.0)
    shown = {
        "panel": panel,
        "csrf": csrf,
        "is_known": not found or any(answer.is_known for answer in found.values()),
        "lines": list(dict.fromkeys(line for answer in found.values() for line in answer.lines)),
        # Of whole ten seconds, so that a panel that waits is not sent again at each look.
        "slow_seconds": max(int(waited // 10) * 10, 2) if waited >= _PATIENCE_SECONDS else 0,
        **values,
        **panel.arrange(values),
    }
    return render("panel.html", shown)
