"""Texts, moments and times as pages show them.

Control characters and marks that turn the direction of text around could make one thing look like
another, so that they are replaced wherever a text is shown.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

_KEPT = "\n\t"


def printable(value: Any) -> Any:
    """Replace what a browser would not show as it is; markup of our own stays."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c in _KEPT else "�" for c in value)


def minute(moment: datetime | str | None) -> Markup:
    """A moment for people, in UTC, which no line breaks; empty if there is none."""
    if not moment:
        return Markup()
    if isinstance(moment, datetime):
        text = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    else:
        text = printable(moment[:19].replace("T", " "))
    return Markup("<time>{} UTC</time>").format(text)


def duration(seconds: float | None) -> str:
    """How long something took, for people."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def sentence(text: str) -> str:
    """A text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def segment(text: str) -> str:
    """A text as one part of an address."""
    return quote(text, safe="")
