"""How texts and numbers of any size go into a card of a bounded one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_TEXT = 60
_DIGITS = 5


def shortened(text: str) -> str:
    """The text on one line, cut after 60 characters."""
    cut = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return "".join(character if character.isprintable() else "�" for character in cut)


def rounded(number: float) -> float:
    """The number with five significant digits."""
    return float(f"{number:.{_DIGITS}g}")


def rounded_all(numbers: NDArray[np.floating[Any]] | Iterable[float]) -> list[float]:
    """The numbers with five significant digits."""
    return [rounded(float(number)) for number in numbers]
