"""What is kept of pages, and what is left out when there is too much of it."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.conductor.recording.recording import Frame, RecordedPage, Recording
from rehearsal.conductor.recording.thinning import TooLargeError, fit, thin

_PANELS = st.dictionaries(st.sampled_from("abc"), st.text(max_size=3), max_size=3)
_STEPS = st.lists(st.tuples(st.floats(0.1, 30.0), _PANELS), min_size=1, max_size=20)


def _page(steps: list[tuple[float, dict[str, str]]]) -> RecordedPage:
    page, at = RecordedPage(), 0.0
    for seconds, panels in steps:
        at += seconds
        page.note(at, "t", {"a": None, "b": None, "c": None, **panels})
    return page


def _shown(frames: list[Frame]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for frame in frames:
        shown |= frame.panels
    return shown


def test_only_what_looks_different_is_kept() -> None:
    page = RecordedPage()
    page.note(1.0, "Old", {"one": "1", "two": None})
    page.note(2.0, "Old", {"one": "1", "two": "2"})
    page.note(3.0, "New", {"one": "1", "two": "2"})
    page.note(4.0, "New", {"one": "1", "two": None})
    assert page.frames == [Frame(1.0, {"one": "1"}), Frame(2.0, {"two": "2"})]
    assert (page.title, page.order) == ("New", ("one", "two"))


@given(_STEPS, st.sampled_from([0.0, 2.0, 15.0, math.inf]))
def test_thinning_loses_moments_but_nothing_of_the_end(
    steps: list[tuple[float, dict[str, str]]], gap: float
) -> None:
    page = _page(steps)
    (thinned,) = thin(Recording("1", "", pages={"/": page}), gap).pages.values()
    assert _shown(thinned.frames) == _shown(page.frames) == page.shown
    moments = [frame.at for frame in thinned.frames]
    assert moments[:1] + moments[-1:] == [one.at for one in [*page.frames[:1], *page.frames[-1:]]]
    between = itertools.pairwise(moments[:-1])
    assert all(later - earlier >= gap for earlier, later in between)
    assert gap or thinned.frames == page.frames


def test_moments_go_until_the_file_is_small_enough() -> None:
    page = RecordedPage()
    for second in range(100):
        page.note(float(second), "t", {"a": f"{second} "})
    recording = Recording("1", "", pages={"/": page})
    sizes: list[int] = []

    def write(one: Recording) -> bytes:
        sizes.append(one.moments)
        return bytes(one.moments)

    assert fit(recording, write, 100) == (bytes(100), 0.0)
    assert fit(recording, write, 30) == (bytes(21), 5.0)
    assert fit(recording, write, 2) == (bytes(2), math.inf)
    with pytest.raises(TooLargeError, match=r"would take 0\.0 MB, more than 0; play less of it"):
        fit(recording, write, 1)
    assert sizes[:4] == [100, 100, 51, 21]
