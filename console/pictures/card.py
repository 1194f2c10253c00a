"""The model card within a page; each is drawn once, since no later build changes its report."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from xml.etree.ElementTree import tostring

from markupsafe import Markup
from ml_pipelines.card.page import STYLE
from ml_pipelines.card.report import Report
from ml_pipelines.card.sections import Subject, sections

_MOST_KEPT = 32
# The panel that holds it has a heading of the second level.
_LEVEL = 3


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    cards: OrderedDict[Subject, tuple[Report, Markup]] = field(default_factory=OrderedDict)


_kept = _Kept()


def draw_card(report: Report, subject: Subject) -> Markup:
    """The card's sections, to stand within an element of the class `card`."""
    with _kept.lock:
        known = _kept.cards.get(subject)
    if known is not None and known[0] is report:
        return known[1]
    parts = sections(report, subject, _LEVEL)
    text = "".join(tostring(part, encoding="unicode", method="html") for part in parts)
    drawn = Markup(text)  # noqa: S704 # ElementTree escapes
    with _kept.lock:
        _kept.cards[subject] = report, drawn
        if len(_kept.cards) > _MOST_KEPT:
            _kept.cards.popitem(last=False)
    return drawn


def card_style() -> str:
    """The card's own style sheet, for what stands within the class `card` alone.

    Its colours and its `body` are those of the console: no root is below a card.
    """
    return f".card {{\n{STYLE.read_text(encoding='utf-8')}}}\n"
