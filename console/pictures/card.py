"""The model card within a page; each is drawn once, since no later build changes its report."""

from xml.etree.ElementTree import tostring

from markupsafe import Markup
from ml_pipelines.card.page import STYLE
from ml_pipelines.card.report import Report
from ml_pipelines.card.sections import Subject, sections

from console.asking.unchanging import Unchanging

_MOST_KEPT = 32
# The panel that holds it has a heading of the second level.
_LEVEL = 3


_cards = Unchanging(_MOST_KEPT)


def draw_card(report: Report, subject: Subject) -> Markup:
    """The card's sections, to stand within an element of the class `card`."""

    def draw() -> Markup:
        parts = sections(report, subject, _LEVEL)
        text = "".join(tostring(part, encoding="unicode", method="html") for part in parts)
        return Markup(text)  # noqa: S704 # ElementTree escapes

    return _cards.get(subject, draw) or Markup()


def card_style() -> str:
    """The card's own style sheet, for what stands within the class `card` alone.

    Its colours and its `body` are those of the console: no root is below a card.
    """
    return f".card {{\n{STYLE.read_text(encoding='utf-8')}}}\n"
