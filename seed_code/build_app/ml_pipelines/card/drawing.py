"""What pictures are drawn with: elements, scales, and a frame with axes.

Colours are presentation attributes, which count wherever style sheets do not (a strict policy, a
converter); the page's style sheet replaces them by the classes, for darkness and for print.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ml_pipelines.card.wording import number, printable

WIDTH = 400
_TICKS = 5
# Below it, a part of a number is none.
_TINY = 1e-300
_CHARACTER = 6.2  # width of one at the font size of pictures, on average
# class: (fill, stroke), for a light background.
PAINTS = {
    "ink": ("#1f2328", None),
    "muted": ("#59636e", None),
    "grid": (None, "#d1d9e0"),
    "axis": (None, "#818b98"),
    "guide": (None, "#59636e"),
    "line": (None, "#0969da"),
    "line second": (None, "#bc4c00"),
    "line third": (None, "#1a7f37"),
    "bar": ("#0969da", None),
    "bar second": ("#bc4c00", None),
    "whisker": (None, "#1f2328"),
    "dots": (None, "#0969da"),
}


def element(tag: str, *content: Element | str, **attributes: str | float) -> Element:
    """Make an element; `stroke_width` becomes `stroke-width`, `class_` becomes `class`."""
    made = Element(
        tag,
        {
            name.rstrip("_").replace("_", "-"): _attribute(value)
            for name, value in attributes.items()
        },
    )
    for part in content:
        if isinstance(part, Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + printable(part)
        else:
            made.text = (made.text or "") + printable(part)
    return made


def painted(tag: str, paint: str, *content: Element | str, **attributes: str | float) -> Element:
    """Make an element in one of the colours."""
    fill, stroke = PAINTS[paint]
    colours = {"fill": fill or "none", **({"stroke": stroke} if stroke else {})}
    return element(tag, *content, class_=paint, **colours, **attributes)


def text(
    content: str, x: float, y: float, *, paint: str = "muted", anchor: str = "start"
) -> Element:
    """Write one line."""
    return painted("text", paint, content, x=x, y=y, text_anchor=anchor)


def text_width(content: str) -> float:
    """About how wide a line is."""
    return len(content) * _CHARACTER


@dataclass(frozen=True)
class Scale:
    """From values to places; the values of no width get some."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)

    @classmethod
    def of(cls, values: Sequence[float], start: float, end: float, margin: float = 0.0) -> Scale:
        """A scale that holds all values."""
        low, high = min(values), max(values)
        room = (high - low) * margin
        largest = max(abs(low), abs(high))
        if high - low <= max(largest * 1e-9, _TINY):
            room = largest / 2 if largest > _TINY else 0.5
        return cls(low - room, high + room, start, end)

    def ticks(self) -> list[float]:
        """Round values, about five."""
        raw = (self.high - self.low) / _TICKS
        magnitude = 10.0 ** math.floor(math.log10(raw))
        step = next(
            factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw * 0.99
        )
        first = math.ceil(self.low / step - 1e-6)
        return [index * step for index in range(first, math.floor(self.high / step + 1e-6) + 1)]


@dataclass(frozen=True)
class Frame:
    """Where a picture with two axes draws."""

    x: Scale
    y: Scale

    def path(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        """The line through points."""
        places = (f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in zip(xs, ys, strict=True))
        return "M" + "L".join(places)

    def dots(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        """Lines of no length; round ends make them dots, at a fifth of a circle's size in bytes."""
        places = zip(xs, ys, strict=True)
        return "".join(f"M{self.x(x):.1f} {self.y(y):.1f}h0" for x, y in places)

    def axes(self, x_title: str, y_title: str) -> list[Element]:
        """Grid, numbers and titles of both axes."""
        left, right, bottom, top = self.x.start, self.x.end, self.y.start, self.y.end
        drawn = []
        for tick in self.y.ticks():
            drawn.append(line("grid", left, self.y(tick), right, self.y(tick)))
            drawn.append(text(number(tick), left - 6, self.y(tick) + 4, anchor="end"))
        for tick in self.x.ticks():
            drawn.append(line("axis", self.x(tick), bottom, self.x(tick), bottom + 4))
            drawn.append(text(number(tick), self.x(tick), bottom + 17, anchor="middle"))
        return [
            *drawn,
            line("axis", left, bottom, right, bottom),
            text(x_title, (left + right) / 2, bottom + 36, anchor="middle"),
            text(y_title, 4, top - 10),
        ]


def line(paint: str, x1: float, y1: float, x2: float, y2: float, **more: str | float) -> Element:
    """Draw a straight line."""
    return painted("line", paint, x1=x1, y1=y1, x2=x2, y2=y2, **more)


def _attribute(value: str | float) -> str:
    return printable(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
