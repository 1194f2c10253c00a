"""The steps of a pipeline as a graph from top to bottom, so that it fits a phone.

A step's row is the longest way to it. Within a row, steps stand below the middle of those that they
need, so that lines cross seldom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from console.asking.pipeline import Step
from console.words.shown import duration, printable, segment
from console.words.states import in_words, state_of

_WIDTH, _HEIGHT = 168, 52
_COLUMN, _ROW = _WIDTH + 24, _HEIGHT + 36
_MARGIN = 8
_LONGEST = 20
_LABEL = "Steps of the pipeline, from top to bottom, each with its state"


@dataclass(frozen=True)
class Place:
    """Where a step stands, counted in columns and rows."""

    column: float
    row: int

    @property
    def left(self) -> float:
        """Of its box."""
        return _MARGIN + self.column * _COLUMN

    @property
    def top(self) -> float:
        """Of its box."""
        return _MARGIN + self.row * _ROW


def arrange(steps: Sequence[Step]) -> dict[str, Place]:
    """Give each step its place."""
    rows = _rows(steps)
    by_row: dict[int, list[Step]] = {}
    for step in steps:
        by_row.setdefault(rows[step.name], []).append(step)
    widest = max((len(row) for row in by_row.values()), default=0)
    places: dict[str, Place] = {}
    for number, row in sorted(by_row.items()):
        row.sort(key=lambda step: _middle(step, places))
        start = (widest - len(row)) / 2
        for position, step in enumerate(row):
            places[step.name] = Place(start + position, number)
    return places


def _rows(steps: Sequence[Step]) -> dict[str, int]:
    """The longest way to each step; of a circle, which SageMaker refuses, as far as it is known."""
    known = {step.name: step for step in steps}
    rows = dict.fromkeys(known, 0)
    for _ in steps:
        for step in steps:
            above = [rows[name] + 1 for name in step.after if name in known]
            rows[step.name] = min(max(above, default=0), len(steps))
    return rows


def _middle(step: Step, places: Mapping[str, Place]) -> float:
    above = [places[name].column for name in step.after if name in places]
    return sum(above) / len(above) if above else 0.0


def edges(steps: Sequence[Step]) -> list[tuple[str, str]]:
    """From each step to those that need it, but where a longer way says so already."""
    above = {step.name: set(step.after) for step in steps}
    reached: dict[str, set[str]] = {name: set() for name in above}
    for _ in steps:
        for name, needed in above.items():
            reached[name] = needed.union(*(reached.get(one, ()) for one in needed))
    return [
        (name, step.name)
        for step in steps
        for name in step.after
        if name in above
        and not any(name in reached.get(other, ()) for other in step.after if other != name)
    ]


def draw(steps: Sequence[Step], address: str = "") -> Markup:
    """Draw the steps with their states; each is a link to what is behind it.

    Args:
        steps: in any order.
        address: of the folder of their pages; without it there are no links.
    """
    places = arrange(steps)
    width = max((p.left for p in places.values()), default=0) + _WIDTH + _MARGIN
    height = max((p.top for p in places.values()), default=0) + _HEIGHT + _MARGIN
    picture = Element(
        "svg",
        {
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            # Of an image, whoever does not see it would get no link.
            "role": "group" if address else "img",
            "aria-label": _LABEL,
            "class": "graph",
        },
    )
    for above, below in edges(steps):
        SubElement(picture, "path", {"class": "edge", "d": _line(places, above, below)})
    for step in steps:
        _box(picture, step, places[step.name], address)
    return Markup(tostring(picture, encoding="unicode"))  # noqa: S704 # ElementTree escapes


def _line(places: Mapping[str, Place], above: str, below: str) -> str:
    first, last = places[above], places[below]
    x, y = first.left + _WIDTH / 2, first.top + _HEIGHT
    to_x, to_y = last.left + _WIDTH / 2, last.top
    half = (y + to_y) / 2
    return f"M{x:g},{y:g} C{x:g},{half:g} {to_x:g},{half:g} {to_x:g},{to_y:g}"


def _box(picture: Element, step: Step, place: Place, address: str) -> None:
    took = duration(step.seconds) if step.started else ""
    told = " · ".join(filter(None, [in_words(step.status), took]))
    parent = picture
    if address:
        parent = SubElement(picture, "a", {"href": f"{address}/{segment(step.name)}"})
        parent.set("id", f"step-{segment(step.name)}")
        if _short(step.name) != step.name:
            # It has to begin with what is to be seen, for those who speak to their browser.
            whole = f"{_short(step.name)} {told} ({step.name})"
            parent.set("aria-label", printable(whole))
    group = SubElement(parent, "g", {"class": f"step {state_of(step.status)}"})
    SubElement(
        group,
        "rect",
        {
            "x": f"{place.left:g}",
            "y": f"{place.top:g}",
            "width": f"{_WIDTH}",
            "height": f"{_HEIGHT}",
            "rx": "8",
        },
    )
    for text, line, kind in ((_short(step.name), 21, "name"), (told, 40, "told")):
        shown = SubElement(
            group,
            "text",
            {"x": f"{place.left + 12:g}", "y": f"{place.top + line:g}", "class": kind},
        )
        shown.text = printable(text)
        shown.tail = " "


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
