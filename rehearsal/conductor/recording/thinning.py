"""Leaves out what happened shortly after something else, until a recording is small enough."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rehearsal.conductor.recording.recording import Frame, RecordedPage, Recording

_GAPS_SECONDS = (0.0, 2.0, 5.0, 15.0, 60.0, math.inf)


class TooLargeError(Exception):
    """Even with the ends of its pages alone, the recording is too large."""


def fit(
    recording: Recording, write: Callable[[Recording], bytes], most_bytes: int
) -> tuple[bytes, float]:
    """Write a recording with as many moments as there is room for.

    Returns:
        What was written, and how many seconds at least lie between two moments of a page.

    Raises:
        TooLargeError: it cannot be made small enough.
    """
    for gap in _GAPS_SECONDS:
        written = write(thin(recording, gap))
        if len(written) <= most_bytes:
            return written, gap
    raise TooLargeError(
        f"The recording would take {len(written) / 1e6:.1f} MB, more than {most_bytes / 1e6:.0f}; "
        "play less of it, with --until."
    )


def thin(recording: Recording, gap_seconds: float) -> Recording:
    """The same with fewer moments; first and last of each page stay, and nothing of the last."""
    pages = {
        address: RecordedPage(page.title, page.order, list(_kept(page.frames, gap_seconds)))
        for address, page in recording.pages.items()
    }
    return replace(recording, pages=pages)


def _kept(frames: Sequence[Frame], gap_seconds: float) -> Iterator[Frame]:
    waiting: dict[str, str] = {}
    last = -math.inf
    for number, frame in enumerate(frames, 1):
        waiting |= frame.panels
        if number in (1, len(frames)) or frame.at - last >= gap_seconds:
            yield Frame(frame.at, waiting)
            waiting, last = {}, frame.at
