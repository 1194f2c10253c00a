"""Texts, moments, states and parts of long lists, as the pages show them.

Names of files, messages and logs are other people's text. Control characters, and marks that turn
the direction of text around, could make one thing look like another; they are replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from rehearsal.github.core.resources import Repository

T = TypeVar("T")
PART_SIZE = 50
_LAST_PART = 200
_KEPT = "\n\t"
_STATES = {
    "good": "success approved open",
    "bad": "failure error startup_failure timed_out rejected",
    "running": "in_progress queued pending merged",
    "waiting": "waiting",
}
_STATE_OF = {word: state for state, words in _STATES.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """One page of a long list, counted from 1."""

    items: Sequence[T]
    number: int
    has_more: bool


def part_number(asked: dict[str, Any]) -> int:
    """Which part an address asks for; no page goes further back than the last one."""
    text = str(asked.get("page", ""))
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    return min(max(int(text), 1), _LAST_PART) if is_number else 1


def part_of(items: Sequence[T], asked: dict[str, Any]) -> Part[T]:
    """The part of a list that an address asks for."""
    begin = (part_number(asked) - 1) * PART_SIZE
    return one_part(items[begin : begin + PART_SIZE + 1], asked)


def one_part(items: Sequence[T], asked: dict[str, Any]) -> Part[T]:
    """A part of which one more was read than is shown, to see whether others follow."""
    number = part_number(asked)
    return Part(items[:PART_SIZE], number, len(items) > PART_SIZE and number < _LAST_PART)


def printable(value: Any) -> Any:
    """Replace what a browser would not show as it is; markup of our own stays."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(c if c.isprintable() or c in _KEPT else "�" for c in value)


def address(repository: Repository, *parts: object) -> str:
    """The address of something in a repository."""
    path = "/".join([repository.full_name, *map(str, parts)])
    return f"/{quote(path, errors='surrogateescape')}"


def outside(url: str | None) -> str:
    """An address that others gave, if a link may lead there; else nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if parts.scheme in {"http", "https"} and parts.netloc else ""


def moment(time: datetime | str | None) -> str:
    """A time for people, in UTC; empty if there is none."""
    if isinstance(time, datetime):
        return f"{time:%Y-%m-%d %H:%M:%S} UTC"
    return f"{time[:19].replace('T', ' ')} UTC" if time else ""


def took(begin: str | None, end: str | None) -> str:
    """How long something took, for people; empty before its end."""
    if not begin or not end:
        return ""
    passed = datetime.fromisoformat(end) - datetime.fromisoformat(begin)
    minutes, seconds = divmod(max(int(passed.total_seconds()), 0), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def state_of(word: str) -> str:
    """The few states that have colours, from GitHub's words."""
    return _STATE_OF.get(word, "nothing")
