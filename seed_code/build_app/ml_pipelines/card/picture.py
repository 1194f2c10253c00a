"""A picture with all that those need who do not see it: title, description, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

from ml_pipelines.card.drawing import WIDTH, element

Row = Sequence[str]


@dataclass(frozen=True)
class Table:
    """The numbers of a picture; the first cell of a row names it."""

    header: Row
    rows: Sequence[Row]


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: unique in a card; of letters, digits and hyphens.
        description: what to see in it, in a sentence or two.
        height: at a width of 400.
    """

    name: str
    title: str
    description: str
    height: float
    drawn: Sequence[Element]
    table: Table

    def svg(self) -> Element:
        """The picture alone."""
        return element(
            "svg",
            element("title", self.title, id=f"{self.name}-title"),
            element("desc", self.description, id=f"{self.name}-desc"),
            *self.drawn,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {WIDTH} {self.height:.0f}",
            role="img",
            aria_labelledby=f"{self.name}-title {self.name}-desc",
            font_family="system-ui, sans-serif",
            font_size=12,
        )


def svg_file(picture: Picture) -> str:
    """The picture as a file of its own, on white: who embeds it chooses no colours."""
    svg = picture.svg()
    svg.insert(2, element("rect", width="100%", height="100%", fill="#ffffff"))
    return tostring(svg, encoding="unicode") + "\n"
