"""None of the steps hides another, lines go down, and each is a link that tells its state."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.asking.pipeline import Step
from console.pictures.pipeline_graph import arrange, draw, edges

_HOSTILE = "<script>alert(1)</script>\"'&\x1b[31m\u202e"


@st.composite
def _acyclic(draw_from: st.DrawFn) -> list[Step]:
    """Each step needs some of those before it; they are told in any order."""
    count = draw_from(st.integers(0, 12))
    steps = []
    for number in range(count):
        before = st.lists(st.integers(0, max(number - 1, 0)), max_size=4, unique=True)
        needed = draw_from(before) if number else []
        steps.append(Step(f"s{number}", "Processing", tuple(f"s{one}" for one in needed)))
    return draw_from(st.permutations(steps))


@st.composite
def _any_graph(draw_from: st.DrawFn) -> list[Step]:
    """Steps that need any, themselves and unknown ones too."""
    names = [f"s{number}" for number in range(draw_from(st.integers(0, 8)))]
    needed = st.lists(st.sampled_from([*names, "unknown"]), max_size=5)
    return [Step(name, "Processing", tuple(draw_from(needed))) for name in names]


@given(_acyclic())
def test_no_two_boxes_stand_on_one_place_and_lines_go_down(steps: list[Step]) -> None:
    places = arrange(steps)
    assert len({(place.left, place.top) for place in places.values()}) == len(steps)
    for step in steps:
        for needed in step.after:
            assert places[needed].row < places[step.name].row


@given(_acyclic())
def test_boxes_of_one_row_do_not_overlap(steps: list[Step]) -> None:
    by_row: dict[int, list[float]] = {}
    for place in arrange(steps).values():
        by_row.setdefault(place.row, []).append(place.column)
    for columns in by_row.values():
        ordered = sorted(columns)
        assert all(right - left >= 1 for left, right in pairwise(ordered))


@given(_acyclic())
def test_lines_that_are_left_out_are_said_by_longer_ways(steps: list[Step]) -> None:
    shown = set(edges(steps))
    below: dict[str, set[str]] = {}
    for above, name in shown:
        below.setdefault(above, set()).add(name)

    def reach(name: str) -> set[str]:
        return below.get(name, set()).union(*(reach(one) for one in below.get(name, ())))

    for step in steps:
        for needed in step.after:
            assert step.name in reach(needed)


@given(_any_graph())
def test_circles_end_and_every_box_has_its_place(steps: list[Step]) -> None:
    places = arrange(steps)
    assert len({(place.column, place.row) for place in places.values()}) == len(steps)
    draw(steps, "/projects/g/steps")


@pytest.mark.parametrize(
    ("status", "state", "words"),
    [
        ("Succeeded", "good", "succeeded"),
        ("Failed", "bad", "failed"),
        ("Executing", "running", "running"),
        ("Waiting", "waiting", "waiting"),
        ("NotRun", "nothing", "not run"),
    ],
)
def test_each_state_has_its_colour_and_its_word(status: str, state: str, words: str) -> None:
    box = _links(draw([Step("Train", "Training", (), status)], "/there"))[0]
    group = box.find("g")
    assert group is not None
    assert group.get("class") == f"step {state}"
    assert " ".join("".join(box.itertext()).split()) == f"Train {words}"


def test_a_picture_with_links_is_no_image_to_those_who_do_not_see() -> None:
    steps = [Step("A", "Processing", ())]
    assert ElementTree.fromstring(draw(steps, "/there")).get("role") == "group"
    assert ElementTree.fromstring(draw(steps)).get("role") == "img"
    assert all(ElementTree.fromstring(draw(steps, to)).get("aria-label") for to in ("", "/there"))


def test_a_long_name_is_told_whole_beginning_with_what_is_seen() -> None:
    name = "EvaluateTheModelAgainstTheLiveOne"
    box = _links(draw([Step(name, "Processing", ())], "/there"))[0]
    seen = " ".join("".join(box.itertext()).split())
    assert box.get("aria-label") == f"{seen} ({name})"
    assert box.get("href") == f"/there/{name}"


def test_a_hostile_name_stays_text() -> None:
    picture = draw([Step(_HOSTILE, "Processing", (), _HOSTILE)], "/there")
    assert "<script" not in picture
    assert "\x1b" not in picture
    assert "\u202e" not in picture
    href = _links(picture)[0].get("href", "")
    assert href.startswith("/there/%3Cscript%3E")
    assert "/" not in href.removeprefix("/there/")


def _links(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter("a"))
