"""A page is a title and panels; each panel is asked for, shown and renewed by itself."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from console.asking.account import Account
from console.asking.answers import Answer, Answers, Question
from console.errors import Absent
from console.serving.rendering import render

_PATIENCE_SECONDS = 2.0
_log = logging.getLogger(__name__)


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
        told: what it is told besides, whatever the answers are.
    """

    name: str
    title: str
    questions: Sequence[Question]
    arrange: Callable[[Values], Values] = _nothing
    told: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """What a browser shows.

    Args:
        title: of the page, and its heading.
        way: from the first page to this one, as text and address.
        panels: from top to bottom.
        is_live: whether its panels are renewed while it is open.
        query: what its address asks for besides, such as `?days=3`; empty if nothing.
        styles: addresses of style sheets that it needs beside the console's.
    """

    title: str
    way: Sequence[tuple[str, str]]
    panels: Sequence[Panel]
    is_live: bool = True
    query: str = ""
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
        query: what the address asks for besides; whatever somebody wrote there.
    """

    account: Account
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)


MakePage = Callable[[Visit], Page]
# What a form does: it is given its fields, and shows a page or goes to one.
Act = Callable[[Visit, Mapping[str, str]], Page | GoTo]


def look_at(panel: Panel, answers: Answers) -> dict[str, Answer]:
    """What is known of a panel's questions now, by their names."""
    return {question.name: answers.look(question) for question in panel.questions}


def look_at_all(page: Page, answers: Answers) -> list[dict[str, Answer]]:
    """What is known of each of a page's panels now, in their order."""
    return [look_at(panel, answers) for panel in page.panels]


def find_absent(looks: Iterable[Mapping[str, Answer]]) -> Absent | None:
    """What a page is about, if it is known by now that it is not there.

    Args:
        looks: at each of its panels.
    """
    missed = [answer.absent for found in looks for answer in found.values() if answer.absent]
    return next((one for one in missed if one.is_project), missed[0] if missed else None)


def render_panel(panel: Panel, found: Mapping[str, Answer], csrf: str) -> str:
    """Render a panel.

    Its template gets each answer, None as long as there is none, and whether there are all,
    `is_whole`, or more is about to come, `is_asking`: of what is silent for long, a line tells. As
    long as none of them is known, a line says that they are asked for.
    """
    try:
        return render("panel.html", _shown(panel, found, csrf))
    except Exception:  # noqa: BLE001 # one panel leaves the others standing
        _log.exception("The panel %s failed", panel.name)
        return render("failed_panel.html", {"panel": panel})


def _shown(panel: Panel, found: Mapping[str, Answer], csrf: str) -> Values:
    values = {name: answer.value for name, answer in found.items()}
    is_whole, slow = all(answer.is_known for answer in found.values()), slow_seconds(found)
    return {
        "panel": panel,
        "csrf": csrf,
        "is_known": not found or any(answer.is_known for answer in found.values()),
        "is_whole": is_whole,
        "is_asking": not is_whole and not slow,
        "lines": list(dict.fromkeys(line for answer in found.values() for line in answer.lines)),
        "slow_seconds": slow,
        "waits_for": ", ".join(_silent(found)),
        **panel.told,
        **values,
        **panel.arrange(values),
    }


def _silent(found: Mapping[str, Answer]) -> list[str]:
    """The services that answers wait for, once that is unusual."""
    slow = [answer for answer in found.values() if answer.waiting_seconds >= _PATIENCE_SECONDS]
    return sorted({answer.waits_for for answer in slow if answer.waits_for})


def slow_seconds(found: Mapping[str, Answer]) -> int:
    """For how long nobody answers; 0 as long as that is usual.

    Of whole ten seconds, so that a panel that waits is not sent again at each look.
    """
    waited = max((answer.waiting_seconds for answer in found.values()), default=0.0)
    return max(int(waited // 10) * 10, 2) if waited >= _PATIENCE_SECONDS else 0
