"""Names and numbers as people read them."""

from __future__ import annotations

from metrics import METRICS

from ml_pipelines.card.report import Group, Metric

MINUS, ELLIPSIS = "\u2212", "…"


def title_of(metric: str) -> str:
    """A metric's name in words; one that we do not know keeps its own."""
    return METRICS[metric].title if metric in METRICS else metric


def sentence(text: str) -> str:
    """The text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def number(value: float, digits: int = 4) -> str:
    """A number with so many significant digits."""
    return f"{value:.{digits}g}".replace("-", MINUS)


def signed(value: float) -> str:
    """A difference."""
    return f"+{number(value)}" if value > 0 else number(value)


def percent(share: float) -> str:
    """A share."""
    return f"{number(100 * share, 3)} %"


def optional(value: float | None) -> str:
    """A number that is not always defined."""
    return "not defined" if value is None else number(value)


def interval(metric: Metric) -> str:
    """The confidence interval, if there is one."""
    if metric.confidence_interval is None:
        return ""
    return " to ".join(number(bound) for bound in metric.confidence_interval)


def group_name(group: Group) -> str:
    """What the records of a group have in common."""
    if group.name is not None or group.lowest is None or group.highest is None:
        return group.name or ""
    if group.lowest == group.highest:
        return number(group.lowest)
    return f"{number(group.lowest)} to {number(group.highest)}"


def cut(text: str, longest: int) -> str:
    """A text that fits into a picture; what no printer knows is replaced."""
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}{ELLIPSIS}"


def printable(text: str) -> str:
    """The text without control characters, marks of direction and halves of pairs."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
