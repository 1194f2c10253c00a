"""What a look at an account found: one sentence, with its remedy where something is wrong."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "fails"]


@dataclass(frozen=True)
class Finding:
    """One fact.

    Args:
        level: `ok`; `note`, for what nothing fails by, or what cannot be seen; `fails`, for what a
            registration, a launch or a build would fail by.
        about: what was looked at.
        sentence: the fact, and what to do about it.
    """

    level: Level
    about: str
    sentence: str
